// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/epoll.hpp"
#include "base/fd.hpp"
#include "base/owner.hpp"

#include <cstdint>

namespace sandgraft::console {

/// What is waited for of one descriptor. It is watched by a duplicate, because what epoll(7) watches is the open file,
/// which others may keep open when the descriptor is closed, and which could not be named any more then.
class Watch {
public:
    Watch() = default;

    /// @param epoll  lives at least as long as something is waited for.
    /// @param fd     -1: nothing.
    /// @param tag    comes with its events.
    Watch(const base::Epoll& epoll, int fd, std::uint64_t tag);
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
    base::Owner owner_;
    const base::Epoll* epoll_ = nullptr;
    base::Fd fd_;
    std::uint64_t tag_ = 0;
    std::uint32_t wanted_ = 0;
    bool always_ready_ = false;
};

}  // namespace sandgraft::console
