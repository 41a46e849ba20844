// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/poller.hpp"

#include <fcntl.h>
#include <cerrno>
#include <utility>

namespace sandgraft::console {

Poller::Poller() : epoll_(base::checked(::epoll_create1(EPOLL_CLOEXEC), "cannot create a descriptor for events")) {}

std::span<const epoll_event> Poller::wait(int timeout) {
    const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
    if (count < 0 && errno != EINTR) base::throw_errno("cannot wait for the sandbox");
    return std::span(events_).first(count < 0 ? 0 : static_cast<std::size_t>(count));
}

Watch::Watch(Poller& poller, int fd, std::uint64_t tag) : epoll_(poller.fd()), tag_(tag) {
    if (fd < 0) return;
    fd_ = base::checked(::fcntl(fd, F_DUPFD_CLOEXEC, 0), "cannot duplicate a descriptor");
    epoll_event event{.events = 0, .data = {.u64 = tag_}};
    always_ready_ = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_.get(), &event) < 0 && errno == EPERM;
    if (always_ready_)
        fd_.reset();
    else if (::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_.get(), nullptr) < 0)
        base::throw_errno("cannot watch a descriptor");
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
        control(EPOLL_CTL_DEL, 0);
    else
        control(wanted_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, events);
    wanted_ = events;
}

void Watch::control(int operation, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.u64 = tag_}};
    if (::epoll_ctl(epoll_, operation, fd_.get(), &event) < 0) base::throw_errno("cannot watch a descriptor");
}

void Watch::reset() {
    if (!fd_) return;
    if (wanted_ != 0 && owner_.is_here()) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_.get(), nullptr);
    wanted_ = 0;
    fd_.reset();
}

}  // namespace sandgraft::console
