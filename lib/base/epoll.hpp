// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sys/epoll.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sandgraft::base {

/// An instance of epoll(7), level-triggered unless it is told otherwise.
class Epoll {
public:
    static constexpr std::size_t most_events = 64;  ///< that are told at a time

    /// @throws Error io when the system has no descriptor to give.
    Epoll();

    /// Readable as long as there is an event.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// @param tag  comes with its events.
    /// @throws Error io.
    void add(int fd, std::uint32_t events, std::uint64_t tag) const { control(EPOLL_CTL_ADD, fd, events, tag); }
    void change(int fd, std::uint32_t events, std::uint64_t tag) const { control(EPOLL_CTL_MOD, fd, events, tag); }

    /// Whether it can be waited for: a file, and a device such as /dev/null, is always ready, epoll_ctl(2).
    [[nodiscard]] bool takes(int fd) const;

    /// One that is not waited for is no error.
    void remove(int fd) const noexcept { ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr); }

    /// What has happened, for as long as nobody calls it again; nothing when a signal came. The kernel's structure is
    /// packed: nothing may refer into it.
    /// @param timeout  in milliseconds; negative: none.
    /// @throws Error io.
    std::span<const epoll_event> wait(int timeout);

private:
    void control(int operation, int fd, std::uint32_t events, std::uint64_t tag) const;

    Fd fd_;
    std::array<epoll_event, most_events> events_{};
};

}  // namespace sandgraft::base
