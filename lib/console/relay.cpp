// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/relay.hpp"

#include "base/sigpipe.hpp"
#include "console/timeout.hpp"
#include "wire/config_transfer.hpp"
#include "wire/numbers.hpp"

#include <sandgraft/error.hpp>

#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <utility>
#include <vector>

namespace sandgraft::console {

namespace {

using std::chrono::milliseconds;

/// A full frame of input, and more signals than anybody sends in earnest.
constexpr std::size_t most_waiting = 1024 * 1024;

/// Beside the tags of processes' streams.
constexpr std::uint64_t link_tag = 1ULL << 32;
constexpr std::uint64_t work_tag = link_tag + 1;
constexpr std::uint64_t ports_tag = link_tag + 2;

/// What the caller's function has thrown.
std::exception_ptr call_without(std::unique_lock<std::mutex>& lock, const Process::Delivery& delivery) {
    std::exception_ptr thrown;
    lock.unlock();
    try {
        delivery.call();
    } catch (...) {
        thrown = std::current_exception();
    }
    lock.lock();
    return thrown;
}

}  // namespace

/// While a thread relays for all.
class Relay::Turn {
public:
    explicit Turn(Relay& relay) : relay_(relay) { relay_.relaying_ = std::this_thread::get_id(); }
    ~Turn() {
        relay_.relaying_.reset();
        relay_.turn_ended_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Relay& relay_;
};

Relay::Relay(base::Fd channel, const Streams& streams, Listener listener)
    : link_(std::move(channel)),
      link_watch_(epoll_, link_.fd(), link_tag),
      work_(base::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "cannot create an event descriptor")),
      work_watch_(epoll_, work_.get(), work_tag),
      command_(std::make_shared<Process>(0, streams, std::move(listener))) {
    work_watch_.want(EPOLLIN);
    command_->watch(epoll_);
    processes_.emplace(0, command_);
}

Relay::Relay(Keeper keeper, Listener listener) : Relay(std::move(keeper.connection), Streams{}, std::move(listener)) {
    leads_to_keeper_ = true;
    command_->leave_streams();
}

void Relay::publish(std::vector<wire::PublishedPorts::Port> ports) {
    const Lock lock(mutex_);
    if (version_ < wire::connect_version)
        throw Error(ErrorCode::unsupported, "the sandbox's init is of an older release, which publishes no ports");
    ports_.emplace(std::move(ports));
    ports_watch_ = {epoll_, ports_->fd(), ports_tag};
    update_watches();
}

std::optional<std::string> Relay::failure() const {
    const Lock lock(mutex_);
    return failure_;
}

bool Relay::command_has_terminal() const {
    const Lock lock(mutex_);
    return command_has_terminal_;
}

std::optional<wire::Exited> Relay::exited(const Process& process) const {
    const Lock lock(mutex_);
    return process.exited();
}

std::shared_ptr<Process> Relay::exec(const wire::ExecConfig& config, const Streams& streams, Listener listener) {
    const std::string encoded = wire::encode(config);
    const Lock lock(mutex_);
    return add(streams, std::move(listener), [&](std::uint16_t number) { return wire::encode_exec(number, encoded); });
}

std::shared_ptr<Process> Relay::attach(const wire::Attach& what, const Streams& streams, Listener listener,
                                       const std::string& keys) {
    const Lock lock(mutex_);
    auto process =
        add(streams, std::move(listener), [&](std::uint16_t number) { return wire::encode_attach(number, what); });
    process->follow();
    process->leave_at(keys);
    return process;
}

template <typename Order>
std::shared_ptr<Process> Relay::add(const Streams& streams, Listener listener, const Order& order) {
    if (version_ < wire::exec_version)
        throw Error(ErrorCode::unsupported, "the sandbox's init is of an older release, which runs one command only");
    if (broken_) std::rethrow_exception(broken_);
    const std::uint16_t number = free_number();
    auto process = std::make_shared<Process>(number, streams, std::move(listener));
    process->watch(epoll_);
    post(order(number));
    processes_.emplace(number, process);
    return process;
}

/// The lowest; 0 is the command's.
std::uint16_t Relay::free_number() const {
    const std::uint16_t number = wire::lowest_free(processes_, 0);
    if (number <= wire::most_processes) return number;
    throw Error(ErrorCode::unsupported, "a sandbox runs at most " + std::to_string(wire::most_processes) +
                                            " processes beside its command at a time");
}

bool Relay::wait(Process& process, milliseconds timeout) {
    const base::SigpipeBlock block;
    const auto start = Clock::now();
    Lock lock(mutex_);
    if (relaying_ == std::this_thread::get_id())
        throw Error(ErrorCode::invalid, "a function that is called for a sandbox's events cannot wait for another");
    for (bool looked = false; !process.done(); looked = true) {
        if (broken_ && !process.over()) std::rethrow_exception(broken_);
        const int left = remaining(timeout, start);
        if (looked && left == 0) return false;
        if (!relaying_)
            relay(lock, &process, left);
        else if (left < 0)
            turn_ended_.wait(lock);
        else
            turn_ended_.wait_for(lock, milliseconds(left));
    }
    if (broken_ && !std::exchange(broken_told_, true)) std::rethrow_exception(broken_);
    if (!process.refusal().empty()) throw Error(ErrorCode::hypervisor, process.refusal());
    process.check_streams();
    return true;
}

void Relay::dispatch() {
    const base::SigpipeBlock block;
    Lock lock(mutex_);
    if (relaying_) return;
    relay(lock, nullptr, 0);
    if (broken_ && !std::exchange(broken_told_, true)) std::rethrow_exception(broken_);
}

/// One turn, which is over when this process has ended, or something has happened.
void Relay::relay(Lock& lock, const Process* process, int timeout) {
    const Turn turn(*this);
    try {
        if (!broken_) dispatch_read();  // what came with the setup
        settle();
    } catch (...) {
        return fail(std::current_exception());
    }
    deliver(lock);
    if (process != nullptr && process->done()) return;
    lock.unlock();
    const auto events = epoll_.wait(timeout);
    lock.lock();
    try {
        for (const auto& event : events) handle(event);
        settle();
    } catch (...) {
        return fail(std::current_exception());
    }
    deliver(lock);
}

void Relay::handle(const epoll_event& event) {
    if (event.data.u64 == work_tag) return clear_work();
    if (event.data.u64 == link_tag) return serve_link(event.events);
    if (event.data.u64 == ports_tag) return ports_->serve(link_);
    const auto found = processes_.find(process_of(event.data.u64));
    if (found != processes_.end()) found->second->serve(stream_of(event.data.u64), link_);
}

void Relay::serve_link(std::uint32_t events) {
    if (events & EPOLLOUT) link_.flush();
    if (events & ~static_cast<std::uint32_t>(EPOLLOUT)) {
        read_link();
        dispatch_read();
    }
}

/// Whatever has happened: moves what needs no event, and waits for what can happen next.
void Relay::settle() {
    for (const auto& [number, process] : processes_) process->serve_always_ready(link_);
    if (ports_) ports_->take_turns(link_);
    update_watches();
}

void Relay::update_watches() {
    const bool reads =
        std::any_of(processes_.begin(), processes_.end(), [](const auto& entry) { return !entry.second->over(); });
    if (command_->has_started()) ports_watch_.want(EPOLLIN);
    link_watch_.want((reads ? EPOLLIN : 0U) | (link_.idle() ? 0U : EPOLLOUT));
    for (const auto& [number, process] : processes_) process->update_watches(link_);
}

/// In the order of the numbers; what comes of it is seen by the next turn. A process whose end is known leaves its
/// number to another.
void Relay::deliver(Lock& lock) {
    std::vector<std::shared_ptr<Process>> listening;
    for (const auto& [number, process] : processes_)
        if (process->has_listener()) listening.push_back(process);
    bool has_told = false;
    for (const auto& process : listening) {
        const auto delivery = process->take_delivery();
        if (delivery.empty()) continue;
        has_told = true;
        const auto thrown = call_without(lock, delivery);
        process->delivered(delivery, link_);
        if (thrown) std::rethrow_exception(thrown);
    }
    std::erase_if(processes_, [](const auto& entry) { return entry.first != 0 && entry.second->done(); });
    if (has_told) update_watches();
}

/// The end of the session: nothing more comes for any process. What has come of one that has ended is written yet.
void Relay::fail(std::exception_ptr reason) {
    broken_ = std::move(reason);
    link_watch_.reset();
    ports_watch_.reset();
    if (ports_) ports_->abandon();
    for (const auto& [number, process] : processes_)
        if (!process->over()) process->abandon(link_);
    announce_work();
}

void Relay::announce_work() {
    const std::uint64_t one = 1;
    (void)!::write(work_.get(), &one, sizeof one);
}

void Relay::clear_work() {
    std::uint64_t count = 0;
    (void)!::read(work_.get(), &count, sizeof count);
}

/// Goes out at once, or with the next event of the link.
void Relay::post(std::string_view frames) {
    const base::SigpipeBlock block;
    if (link_.waiting() > most_waiting)
        throw Error(ErrorCode::io, "the sandbox does not take the signals and sizes that are sent to it");
    link_.send(frames);
    if (!broken_ && !link_.idle()) link_watch_.want(EPOLLIN | EPOLLOUT);
}

void Relay::send_signal(const Process& process, std::uint8_t number) {
    const Lock lock(mutex_);
    if (!process.over()) post(wire::encode_signal(process.number(), number));
}

void Relay::resize(const Process& process, wire::WindowSize size) {
    const Lock lock(mutex_);
    if (!process.over()) post(wire::encode_window_size(process.number(), size));
}

void Relay::ask_to_stop() {
    const Lock lock(mutex_);
    if (!command_->over()) post(wire::encode_empty(0, wire::FrameType::stop));
}

void Relay::destroy() {
    const Lock lock(mutex_);
    post(wire::encode_empty(0, wire::FrameType::destroy));
}

void Relay::cancel(Process& process) {
    const base::SigpipeBlock block;
    const Lock lock(mutex_);
    process.abandon(link_);
    if (!broken_ && !process.over()) post(wire::encode_empty(process.number(), wire::FrameType::stop));
}

/// Whoever is at the other end learns it from the end of the link, and has to be told nothing else.
void Relay::close() {
    const base::SigpipeBlock block;
    const Lock lock(mutex_);
    link_.close();
    if (!broken_)
        fail(std::make_exception_ptr(Error(ErrorCode::hypervisor, "the sandbox was left by the program that had it")));
}

void Relay::read_link() {
    if (link_.read()) return;
    throw Error(ErrorCode::hypervisor,
                state_ < State::configured
                    ? "the sandbox ended before its init could report"
                    : "the sandbox, or the connection to it, ended before its command did: somebody destroyed it "
                      "(virsh destroy), ended libvirt's daemon, or killed it");
}

void Relay::dispatch_read() {
    while (const auto frame = link_.next()) dispatch(*frame);
}

void Relay::end_session() {
    if (ports_) ports_->close();
    link_.send(wire::encode_empty(0, wire::FrameType::stop));
}

void Relay::dispatch(const wire::Frame& frame) {
    if (frame.type == wire::FrameType::failed && frame.process == 0) {
        if (command_->over()) unexpected(frame);
        failure_ = wire::decode_failed(frame);
        throw Error(ErrorCode::hypervisor, *failure_);
    }
    if (state_ == State::silent) return take_greeting(frame);
    if (state_ == State::greeted && frame.process == 0) return take_setup(frame);
    if (frame.process > wire::most_processes && ports_) return ports_->take(frame, version_, link_);
    const auto found = processes_.find(frame.process);
    if (found == processes_.end()) unexpected(frame);
    found->second->take(frame, version_, link_);
    if (frame.process == 0 && command_->over()) end_session();
}

}  // namespace sandgraft::console
