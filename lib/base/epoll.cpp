// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/epoll.hpp"

#include <cerrno>

namespace sandgraft::base {

Epoll::Epoll() : fd_(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot create an epoll descriptor")) {}

std::span<const epoll_event> Epoll::wait(int timeout) {
    const int count = ::epoll_wait(fd_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
    if (count < 0 && errno != EINTR) throw_errno("cannot wait for descriptors");
    return std::span(events_).first(count < 0 ? 0 : static_cast<std::size_t>(count));
}

bool Epoll::takes(int fd) const {
    epoll_event event{};
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) == 0) {
        remove(fd);
        return true;
    }
    if (errno != EPERM) throw_errno("cannot wait for a descriptor");
    return false;
}

void Epoll::control(int operation, int fd, std::uint32_t events, std::uint64_t tag) const {
    epoll_event event{.events = events, .data = {.u64 = tag}};
    if (::epoll_ctl(fd_.get(), operation, fd, &event) < 0) throw_errno("cannot wait for a descriptor");
}

}  // namespace sandgraft::base
