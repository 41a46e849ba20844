// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/epoll.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace sandgraft::guest {

/// What a descriptor is to init.
enum class Role : std::uint8_t { link, signals, requests, leader, start, input, output, error, connection };

/// Waits for many descriptors, at a cost that grows with those that have something to tell only. A descriptor goes
/// from it when it is closed; what was told of it before then may still come, even when its process has ended and its
/// number has another.
class Poller {
public:
    struct Event {
        std::uint16_t process = 0;
        Role role{};
        std::uint32_t events = 0;  ///< epoll(7)'s
    };

    void add(int fd, std::uint32_t events, Role role, std::uint16_t process = 0);
    void change(int fd, std::uint32_t events, Role role);

    /// Waits until there is something.
    /// @param longest  in milliseconds; negative: without end.
    std::span<const Event> events(int longest);

private:
    base::Epoll epoll_;
    std::array<Event, base::Epoll::most_events> events_{};
};

}  // namespace sandgraft::guest
