// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/poller.hpp"

#include <algorithm>
#include <cerrno>

namespace sandgraft::guest {

namespace {

epoll_event request(std::uint32_t events, Role role, std::uint16_t process) {
    epoll_event event{};
    event.events = events;
    event.data.u32 = std::uint32_t{process} << 8 | static_cast<std::uint32_t>(role);
    return event;
}

Poller::Event told(const epoll_event& event) {
    return {static_cast<std::uint16_t>(event.data.u32 >> 8), static_cast<Role>(event.data.u32 & 0xFF), event.events};
}

}  // namespace

Poller::Poller() : fd_(base::checked(::epoll_create1(EPOLL_CLOEXEC), "cannot wait for descriptors")) {}

void Poller::add(int fd, std::uint32_t events, Role role, std::uint16_t process) {
    auto event = request(events, role, process);
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) < 0) base::throw_errno("cannot wait for a descriptor");
}

void Poller::change(int fd, std::uint32_t events, Role role) {
    auto event = request(events, role, 0);
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_MOD, fd, &event) < 0) base::throw_errno("cannot wait for a descriptor");
}

std::span<const Poller::Event> Poller::events(int longest) {
    std::array<epoll_event, std::tuple_size_v<decltype(events_)>> found{};
    const int count = ::epoll_wait(fd_.get(), found.data(), static_cast<int>(found.size()), longest);
    if (count < 0 && errno != EINTR) base::throw_errno("cannot wait for the sandbox's streams");
    const auto end = std::transform(found.begin(), found.begin() + std::max(count, 0), events_.begin(), told);
    return {events_.begin(), end};
}

}  // namespace sandgraft::guest
