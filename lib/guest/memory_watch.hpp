// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <cstdint>

namespace sandgraft::guest {

/// What the kernel tells of the sandbox's memory.
class MemoryWatch {
public:
    /// @param events  as memory.events of version 2 or memory.oom_control of version 1.
    /// @param peak  as memory.peak of version 2 or memory.max_usage_in_bytes of version 1.
    explicit MemoryWatch(base::Fd events, base::Fd peak = {}) : events_(std::move(events)), peak_(std::move(peak)) {}

    /// Watches the sandbox's own control group, as show_control_groups() has shown it.
    MemoryWatch();

    /// How many processes of the sandbox were killed because its memory was used up; 0 where nobody tells.
    [[nodiscard]] std::uint64_t kills() const;

    /// The most memory, in bytes, that the sandbox has had; 0 where nobody tells.
    [[nodiscard]] std::uint64_t peak() const;

private:
    // Kept open: once the memory is used up nothing may be.
    base::Fd events_;
    base::Fd peak_;
};

/// Offers the calling process, and what it starts, to the kernel when memory is short: before init and the hypervisor's
/// controller, whose end would be that of the sandbox without a word. Anybody may do that.
/// @param score  what is added to the process's oom_score_adj, proc(5).
void offer_to_be_killed(unsigned score);

}  // namespace sandgraft::guest
