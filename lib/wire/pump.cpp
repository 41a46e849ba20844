// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/pump.hpp"

#include <sandgraft/error.hpp>

#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

namespace sandgraft::wire {

namespace {

/// 0 for the errors that are how a descriptor of its kind ends.
int failure_of(int fd, int error) {
    const bool usual = error == EBADF || error == EISDIR || (error == EIO && ::isatty(fd) == 1);
    return usual ? 0 : error;
}

}  // namespace

Source::Source(base::Fd fd, std::uint16_t process, Stream stream, std::uint32_t window)
    : fd_(std::move(fd)), process_(process), stream_(stream), window_(window) {}

bool Source::pump(Link& link) {
    if (!wanted()) return false;
    const auto frame = link.scratch();
    const auto payload = std::copy(held_.begin(), held_.end(), frame.begin() + frame_header_size);
    const auto most = std::min<std::uint64_t>(left_, std::min<std::size_t>(granted_, max_payload) - held_.size());
    const ssize_t n = left_ == 0 ? 0 : ::read(fd_.get(), &*payload, most);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) {
        if (n < 0) failure_ = failure_of(fd_.get(), errno);
        if (!held_.empty()) link.send(encode_data(process_, stream_, held_));
        if (failure_ == 0 || tells_failure_) link.send(encode_eof(process_, stream_));
        close();
        return true;
    }
    const auto size = screen({frame.data() + frame_header_size, held_.size() + static_cast<std::size_t>(n)});
    left_ -= static_cast<std::uint64_t>(n);
    if (size == 0) return true;
    const auto header = encode_header(FrameType::data, static_cast<std::uint8_t>(stream_), process_, size);
    std::copy(header.begin(), header.end(), frame.begin());
    granted_ -= static_cast<std::uint32_t>(size);
    link.send(std::string_view(frame.data(), header.size() + size));
    return true;
}

/// @return how many of the bytes go on.
std::size_t Source::screen(std::string_view bytes) {
    if (sequence_.empty()) return bytes.size();
    held_.clear();
    if (const auto at = bytes.find(sequence_); at != std::string_view::npos) {
        met_ = true;
        close();
        return at;
    }
    std::size_t beginning = std::min(bytes.size(), sequence_.size() - 1);
    while (!bytes.ends_with(std::string_view(sequence_).substr(0, beginning))) --beginning;
    held_ = bytes.substr(bytes.size() - beginning);
    return bytes.size() - beginning;
}

void Source::grant(std::uint32_t bytes) {
    if (!open()) return;  // granted before the peer learned that the stream has ended
    if (bytes > window_ - granted_) throw Error(ErrorCode::protocol, "the peer granted more credit than one window");
    granted_ += bytes;
}

Sink::Sink(base::Fd fd, std::uint16_t process, Stream stream, std::size_t chunk)
    : fd_(std::move(fd)), process_(process), stream_(stream), chunk_(chunk) {}

Sink::Sink(Socket socket, std::uint16_t process, Stream stream)
    : fd_(std::move(socket.fd)),
      process_(process),
      stream_(stream),
      chunk_(any),
      window_(socket.window),
      half_closes_(true) {}

Sink::Sink(std::uint16_t process, Stream stream)
    : process_(process), stream_(stream), chunk_(any), handed_over_(true) {}

void Sink::take(std::string_view payload, Link& link) {
    if (payload.size() > allowed_) throw Error(ErrorCode::protocol, "the peer sent more data than it was granted");
    if (finishing_) throw Error(ErrorCode::protocol, "the peer sent data after the end of its stream");
    allowed_ -= static_cast<std::uint32_t>(payload.size());
    if (pending_.empty() && !blocking() && !held_) payload.remove_prefix(write_some(payload, link));
    pending_ += payload;
}

void Sink::finish(std::string_view last_words) {
    if (finishing_) throw Error(ErrorCode::protocol, "the peer ended a stream twice");
    finishing_ = true;
    if (open()) pending_ += last_words;
    if (pending_.empty()) end();
}

void Sink::close(Link& link) {
    if (open() && !finishing_) link.send(encode_eof(process_, stream_));
    end();
    handed_over_ = false;
    pending_.clear();
}

void Sink::release(Link& link) {
    held_ = false;
    flush(link);
}

void Sink::flush(Link& link) {
    if (held_) return;
    pending_.erase(0, write_some(pending_, link));
    if (finishing_ && pending_.empty()) end();
}

void Sink::end() {
    if (half_closes_) ::shutdown(fd_.get(), SHUT_WR);
    fd_.reset();
}

/// Returns how many of the bytes need no further care.
std::size_t Sink::write_some(std::string_view bytes, Link& link) {
    std::size_t done = 0;
    while (fd_ && done < bytes.size()) {
        const ssize_t n = ::write(fd_.get(), bytes.data() + done, std::min(bytes.size() - done, chunk_));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) {  // nobody can have it any more: tell the writer, as a broken pipe would
            failure_ = errno;
            end();
            link.send(encode_eof(process_, stream_));
            break;
        }
        done += static_cast<std::size_t>(n);
        if (blocking()) break;  // ask poll(2) again before the next chunk
    }
    if (!open()) done = bytes.size();
    written(done, link);
    return done;
}

void Sink::written(std::size_t bytes, Link& link) {
    if (!open() || finishing_) return;  // the peer sends nothing more that would need credit
    owed_ += static_cast<std::uint32_t>(bytes);
    if (owed_ < window_ / 4) return;  // in portions, so that a grant is rare beside the data that it answers
    link.send(encode_credit(process_, stream_, owed_));
    allowed_ += owed_;
    owed_ = 0;
}

}  // namespace sandgraft::wire
