// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/poller.hpp"

#include <array>
#include <cerrno>

namespace sandgraft::keeper {

Poller::Poller() : epoll_(base::checked(::epoll_create1(EPOLL_CLOEXEC), "cannot make an epoll descriptor")) {}

void Poller::watch(std::uint64_t id, int fd, std::uint32_t events) {
    const auto [entry, is_new] = watched_.try_emplace(id, events);
    if (!is_new && entry->second == events) return;
    entry->second = events;
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    if (::epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) < 0)
        base::throw_errno("cannot wait for a descriptor");
}

void Poller::forget(std::uint64_t id, int fd) {
    if (watched_.erase(id) > 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Poller::wait(std::chrono::milliseconds timeout, const std::function<void(std::uint64_t, std::uint32_t)>& tell) {
    std::array<epoll_event, 64> events{};
    const int most = static_cast<int>(events.size());
    const int count = ::epoll_wait(epoll_.get(), events.data(), most, static_cast<int>(timeout.count()));
    if (count < 0 && errno != EINTR) base::throw_errno("cannot wait for the keeper's descriptors");
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        const std::uint64_t id = event.data.u64;  // the kernel's structure is packed: nothing may refer into it
        if (watched_.contains(id)) tell(id, std::uint32_t{event.events});
    }
}

}  // namespace sandgraft::keeper
