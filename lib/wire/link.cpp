// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/link.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>

namespace sandgraft::wire {

Link::Link(base::Fd fd) : fd_(std::move(fd)) { base::set_nonblocking(fd_.get()); }

short Link::wanted() const { return static_cast<short>(idle() ? POLLIN : POLLIN | POLLOUT); }

bool Link::read() {
    const auto space = decoder_.space();
    const ssize_t n = ::read(fd_.get(), space.data(), space.size());
    if (n > 0) decoder_.filled(static_cast<std::size_t>(n));
    if (n >= 0) return n > 0;
    if (errno == EAGAIN || errno == EINTR) return true;
    // A terminal whose other end is closed answers EIO, a socket whose peer died with data unread ECONNRESET.
    if (errno == EIO || errno == ECONNRESET) return false;
    base::throw_errno("cannot read the sandbox's channel");
}

void Link::send(std::string_view frames) {
    const std::lock_guard lock(sending_);
    if (gone_) return;
    if (pending_.empty()) frames.remove_prefix(write_some(frames));
    if (!gone_) pending_ += frames;
}

void Link::flush() {
    const std::lock_guard lock(sending_);
    pending_.erase(0, write_some(pending_));
}

void Link::close() {
    const std::lock_guard lock(sending_);
    gone_ = true;
    pending_.clear();
    fd_.reset();
}

void Link::shut_down() {
    const std::lock_guard lock(sending_);
    if (fd_) (void)::shutdown(fd_.get(), SHUT_RDWR);
}

std::span<char> Link::scratch() {
    if (scratch_.empty()) scratch_.resize(frame_header_size + max_payload);
    return scratch_;
}

std::size_t Link::waiting() const {
    const std::lock_guard lock(sending_);
    return pending_.size();
}

/// Returns how many of the bytes need no further care.
std::size_t Link::write_some(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(fd_.get(), bytes.data() + done, bytes.size() - done);
        if (n >= 0) {
            done += static_cast<std::size_t>(n);
        } else if (errno == EAGAIN) {
            return done;
        } else if (errno != EINTR) {
            gone_ = true;  // the reader learns it from read(), which still delivers what the peer sent before
            return bytes.size();
        }
    }
    return done;
}

}  // namespace sandgraft::wire
