// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "base/owner.hpp"

#include <sys/epoll.h>
#include <array>
#include <cstdint>
#include <span>

namespace sandgraft::console {

/// Many descriptors behind one that can be polled itself, epoll(7). One thread waits; any may change what is waited
/// for.
class Poller {
public:
    Poller();

    /// Readable as long as there is an event.
    [[nodiscard]] int fd() const { return epoll_.get(); }

    /// What has happened, for as long as nobody calls it again. Level-triggered: what is not taken is told again.
    /// @param timeout  in milliseconds; negative: none.
    std::span<const epoll_event> wait(int timeout);

private:
    friend class Watch;

    base::Fd epoll_;
    std::array<epoll_event, 64> events_{};
};

/// What is waited for of one descriptor. It is watched by a duplicate, because what epoll(7) watches is the open file,
/// which others may keep open when the descriptor is closed, and which could not be named any more then.
class Watch {
public:
    Watch() = default;

    /// @param fd   -1: nothing.
    /// @param tag  comes with its events.
    Watch(Poller& poller, int fd, std::uint64_t tag);
    ~Watch() { reset(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;

    /// Whether there is nothing to wait for: files and devices such as /dev/null are always ready.
    [[nodiscard]] bool always_ready() const { return always_ready_; }

    /// @param events  EPOLLIN, EPOLLOUT; 0: nothing, not even the end.
    void want(std::uint32_t events);

    /// Ends it, and with it the hold on the open file. In a child made by fork(2) the copy only: the instance of epoll
    /// is the same.
    void reset();

private:
    void control(int operation, std::uint32_t events);

    base::Owner owner_;
    int epoll_ = -1;
    base::Fd fd_;
    std::uint64_t tag_ = 0;
    std::uint32_t wanted_ = 0;
    bool always_ready_ = false;
};

}  // namespace sandgraft::console
