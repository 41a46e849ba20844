// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/poller.hpp"

#include <algorithm>

namespace sandgraft::guest {

namespace {

std::uint64_t tag_of(Role role, std::uint16_t process) {
    return std::uint64_t{process} << 8 | static_cast<std::uint64_t>(role);
}

Poller::Event told(const epoll_event& event) {
    return {static_cast<std::uint16_t>(event.data.u64 >> 8), static_cast<Role>(event.data.u64 & 0xFF), event.events};
}

}  // namespace

void Poller::add(int fd, std::uint32_t events, Role role, std::uint16_t process) {
    epoll_.add(fd, events, tag_of(role, process));
}

void Poller::change(int fd, std::uint32_t events, Role role) { epoll_.change(fd, events, tag_of(role, 0)); }

std::span<const Poller::Event> Poller::events(int longest) {
    const auto found = epoll_.wait(longest);
    return {events_.begin(), std::transform(found.begin(), found.end(), events_.begin(), told)};
}

}  // namespace sandgraft::guest
