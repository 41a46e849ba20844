// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <cstdint>

namespace sandgraft::guest {

/// Whether the kernel has killed a process of the sandbox, since this was made, because its memory was used up.
class MemoryWatch {
public:
    /// @param events  as memory.events of version 2 or memory.oom_control of version 1; without one nothing is ever
    /// told.
    explicit MemoryWatch(base::Fd events) : events_(std::move(events)), before_(kills()) {}

    /// Watches the sandbox's own control group, as show_control_groups() has shown it.
    MemoryWatch();

    [[nodiscard]] bool has_killed() const { return kills() > before_; }

private:
    [[nodiscard]] std::uint64_t kills() const;

    base::Fd events_;  ///< kept open: once the memory is used up nothing may be
    std::uint64_t before_;
};

/// Offers the calling process, and what it starts, to the kernel when memory is short: before init and the hypervisor's
/// controller, whose end would be that of the sandbox without a word. Anybody may do that.
/// @param score  what is added to the process's oom_score_adj, proc(5).
void offer_to_be_killed(unsigned score);

}  // namespace sandgraft::guest
