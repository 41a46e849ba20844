// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/watch.hpp"

#include <fcntl.h>
#include <utility>

namespace sandgraft::console {

Watch::Watch(const base::Epoll& epoll, int fd, std::uint64_t tag) : epoll_(&epoll), tag_(tag) {
    if (fd < 0) return;
    fd_ = base::checked(::fcntl(fd, F_DUPFD_CLOEXEC, 0), "cannot duplicate a descriptor");
    always_ready_ = !epoll_->takes(fd_.get());
    if (always_ready_) fd_.reset();
}

Watch::Watch(Watch&& other) noexcept
    : owner_(other.owner_),
      epoll_(other.epoll_),
      fd_(std::move(other.fd_)),
      tag_(other.tag_),
      wanted_(std::exchange(other.wanted_, 0)),
      always_ready_(other.always_ready_) {}

Watch& Watch::operator=(Watch&& other) noexcept {
    if (this == &other) return *this;
    reset();
    owner_ = other.owner_;
    epoll_ = other.epoll_;
    fd_ = std::move(other.fd_);
    tag_ = other.tag_;
    wanted_ = std::exchange(other.wanted_, 0);
    always_ready_ = other.always_ready_;
    return *this;
}

/// An end or an error is told even of a descriptor that is watched for nothing, so that one is taken out.
void Watch::want(std::uint32_t events) {
    if (!fd_ || events == wanted_) return;
    if (events == 0)
        epoll_->remove(fd_.get());
    else if (wanted_ == 0)
        epoll_->add(fd_.get(), events, tag_);
    else
        epoll_->change(fd_.get(), events, tag_);
    wanted_ = events;
}

void Watch::reset() {
    if (!fd_) return;
    if (wanted_ != 0 && owner_.is_here()) epoll_->remove(fd_.get());
    wanted_ = 0;
    fd_.reset();
}

}  // namespace sandgraft::console
