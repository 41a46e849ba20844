// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/console_bridge.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

namespace sandgraft::virt {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t chunk = 64 * 1024;
constexpr int would_block = -2;         // virStreamRecv(3), virStreamSend(3)
constexpr int liveness_interval = 500;  // in milliseconds

}  // namespace

/// Both directions, each with the bytes that the other side has not taken yet. While there are some, the side that
/// they came from is not read. Lives as long as libvirt holds the callback of the socket, which is removed last.
class Bridge : public std::enable_shared_from_this<Bridge> {
public:
    Bridge(virConnectPtr connection, StreamHandle stream, base::Fd socket)
        : connection_(connection), stream_(std::move(stream)), socket_(std::move(socket)) {}

    void start() {
        const std::lock_guard lock(mutex_);
        watch_ = keep([this](Self* self) {
            return ::virEventAddHandle(socket_.get(), VIR_EVENT_HANDLE_READABLE, on_socket, self, release);
        });
        if (watch_ < 0) throw_libvirt("cannot watch the console's socket");
        // No release function here: libvirt's remote driver never calls the one of a stream.
        if (::virStreamEventAddCallback(stream_.get(), VIR_STREAM_EVENT_READABLE, on_stream, this, nullptr) < 0) {
            ::virEventRemoveHandle(watch_);
            throw_libvirt("cannot watch the console's stream");
        }
        // libvirt does not tell a stream that its connection is lost. Without this timer that shows with the next
        // byte to send, which may never come.
        timer_ = keep([](Self* self) { return ::virEventAddTimeout(liveness_interval, on_timer, self, release); });
    }

    void finish(Clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        if (!ended_.wait_until(lock, deadline, [this] { return !stream_; })) close();
    }

private:
    using Self = std::shared_ptr<Bridge>;

    /// Has libvirt keep a reference to this for a callback, until it calls release(): not where it takes no callback.
    template <typename Add>
    int keep(Add add) {
        auto self = std::make_unique<Self>(shared_from_this());
        const int number = add(self.get());
        if (number >= 0) (void)self.release();
        return number;
    }
    static void release(void* opaque) { delete static_cast<Self*>(opaque); }

    static void on_socket(int /*watch*/, int /*fd*/, int events, void* opaque) {
        const Self self = *static_cast<Self*>(opaque);
        // A socket that hung up still yields what was sent before, and then its end.
        const bool over = (events & (VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP)) != 0;
        self->handle((events & VIR_EVENT_HANDLE_READABLE) || over, events & VIR_EVENT_HANDLE_WRITABLE);
    }

    static void on_stream(virStreamPtr /*stream*/, int events, void* opaque) {
        const Self self = static_cast<Bridge*>(opaque)->shared_from_this();
        // The end of the stream shows as readable too, and what came before it has to be read first.
        const bool over = (events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP)) != 0;
        self->handle(events & VIR_STREAM_EVENT_WRITABLE, (events & VIR_STREAM_EVENT_READABLE) || over);
    }

    static void on_timer(int /*timer*/, void* opaque) {
        const Self self = *static_cast<Self*>(opaque);
        const std::lock_guard lock(self->mutex_);
        if (self->stream_ && ::virConnectIsAlive(self->connection_) != 1) self->close();
    }

    void handle(bool to_stream, bool to_socket) {
        const std::lock_guard lock(mutex_);
        if (!stream_) return;
        bool open = true;
        if (to_stream) open = move_to_stream() && open;
        if (to_socket) open = move_to_socket() && open;
        if (!open) return close();
        update();
    }

    /// @return false when one side has ended.
    bool move_to_stream() {
        if (outgoing_.empty()) {
            std::array<char, chunk> buffer;
            const ssize_t n = ::read(socket_.get(), buffer.data(), buffer.size());
            if (n < 0) return errno == EAGAIN || errno == EINTR;
            if (n == 0) return false;
            outgoing_.assign(buffer.data(), static_cast<std::size_t>(n));
        }
        const int n = ::virStreamSend(stream_.get(), outgoing_.data(), outgoing_.size());
        if (n == would_block) return true;
        if (n < 0) return false;
        outgoing_.erase(0, static_cast<std::size_t>(n));
        return true;
    }

    bool move_to_socket() {
        if (incoming_.empty()) {
            std::array<char, chunk> buffer;
            const int n = ::virStreamRecv(stream_.get(), buffer.data(), buffer.size());
            if (n == would_block) return true;
            if (n <= 0) return false;
            incoming_.assign(buffer.data(), static_cast<std::size_t>(n));
        }
        const ssize_t n = ::send(socket_.get(), incoming_.data(), incoming_.size(), MSG_NOSIGNAL);
        if (n >= 0)
            incoming_.erase(0, static_cast<std::size_t>(n));
        else if (errno != EAGAIN && errno != EINTR)
            incoming_.clear();  // nobody reads it any more; what was sent before still goes to the stream
        return true;
    }

    /// While nothing is asked of the socket, libvirt's loop does not report that it hung up either.
    void update() {
        ::virEventUpdateHandle(watch_, (outgoing_.empty() ? VIR_EVENT_HANDLE_READABLE : 0) |
                                           (incoming_.empty() ? 0 : VIR_EVENT_HANDLE_WRITABLE));
        ::virStreamEventUpdateCallback(stream_.get(), (incoming_.empty() ? VIR_STREAM_EVENT_READABLE : 0) |
                                                          (outgoing_.empty() ? 0 : VIR_STREAM_EVENT_WRITABLE));
    }

    void close() {
        ::virStreamEventRemoveCallback(stream_.get());
        ::virStreamAbort(stream_.get());
        stream_.reset();
        ::virEventRemoveHandle(watch_);
        if (timer_ >= 0) ::virEventRemoveTimeout(timer_);
        socket_.reset();
        ended_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable ended_;
    virConnectPtr connection_;  ///< the stream holds it
    StreamHandle stream_;
    base::Fd socket_;
    int watch_ = -1;
    int timer_ = -1;
    std::string outgoing_;  ///< from the socket
    std::string incoming_;  ///< from the stream
};

base::Fd Bridges::open(virConnectPtr connection, StreamHandle stream) {
    auto [near, far] = base::make_socket_pair();
    base::set_nonblocking(far.get());
    const auto bridge = std::make_shared<Bridge>(connection, std::move(stream), std::move(far));
    bridge->start();
    const std::lock_guard lock(mutex_);
    std::erase_if(open_, [](const auto& old) { return old.expired(); });
    open_.push_back(bridge);
    return std::move(near);
}

void Bridges::finish(std::chrono::milliseconds longest) {
    const auto deadline = Clock::now() + longest;
    const std::lock_guard lock(mutex_);
    for (const auto& open : open_)
        if (const auto bridge = open.lock()) bridge->finish(deadline);
    open_.clear();
}

}  // namespace sandgraft::virt
