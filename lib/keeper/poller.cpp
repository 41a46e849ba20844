// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/poller.hpp"

namespace sandgraft::keeper {

void Poller::watch(std::uint64_t id, int fd, std::uint32_t events) {
    const auto [entry, is_new] = watched_.try_emplace(id, events);
    if (is_new)
        epoll_.add(fd, events, id);
    else if (entry->second != events)
        epoll_.change(fd, events, id);
    entry->second = events;
}

void Poller::forget(std::uint64_t id, int fd) {
    if (watched_.erase(id) > 0) epoll_.remove(fd);
}

void Poller::wait(std::chrono::milliseconds timeout, const std::function<void(std::uint64_t, std::uint32_t)>& tell) {
    for (const auto& event : epoll_.wait(static_cast<int>(timeout.count()))) {
        const std::uint64_t id = event.data.u64;
        if (watched_.contains(id)) tell(id, std::uint32_t{event.events});
    }
}

}  // namespace sandgraft::keeper
