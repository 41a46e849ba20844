// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/epoll.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>

namespace sandgraft::keeper {

/// Waits for many descriptors, each known by a number that is never used again.
class Poller {
public:
    /// Waits for these events of it from now on, EPOLLIN and the like; the end of a connection is always told.
    void watch(std::uint64_t id, int fd, std::uint32_t events);
    void forget(std::uint64_t id, int fd);

    /// Waits until there are some, or the time ran out, and tells each.
    /// @param timeout  negative: none.
    void wait(std::chrono::milliseconds timeout, const std::function<void(std::uint64_t, std::uint32_t)>& tell);

private:
    base::Epoll epoll_;
    std::map<std::uint64_t, std::uint32_t> watched_;
};

}  // namespace sandgraft::keeper
