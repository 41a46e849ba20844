// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>
#include <functional>
#include <memory>

namespace sandgraft::root {

/// A mount namespace that this process may act in: what a path is there, and what is mounted there.
class MountNamespace {
public:
    /// The one that the calling thread is in.
    MountNamespace() = default;

    /// That of another process.
    /// @param process  0: one that this process cannot see.
    /// @throws Error denied or io when it cannot be seen or entered.
    static MountNamespace of(pid_t process);

    /// Whether it is the one that this was made in.
    [[nodiscard]] bool is_own() const { return other_ == nullptr; }

    /// Runs an action in it, and waits for its end. Where it is not the thread's own, the action is run by a thread of
    /// its own, which takes no signal: no other thread of this process ever leaves its namespace.
    /// @throws Error denied or io when it cannot be entered, and what the action throws.
    void run(const std::function<void()>& action) const;

private:
    void enter() const;

    std::shared_ptr<const base::Fd> other_;
};

}  // namespace sandgraft::root
