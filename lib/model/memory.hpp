// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <cstdint>

namespace sandgraft::model {

/// How much sooner than init and the hypervisor's controller the command is to be killed when the memory is used up, in
/// the thousandths of the memory that proc(5) counts in: as if it held 64 MiB more, which is three times what they
/// hold. When the whole host is short of memory the command is a little nearer to its end than others, the more the
/// narrower its limit.
/// @param memory_bytes  of the sandbox.
std::uint32_t oom_score(std::uint64_t memory_bytes);

/// What the filesystems may hold that every sandbox has in memory.
struct RamShares {
    std::uint64_t run = 0;      ///< the one at /run
    std::uint64_t scratch = 0;  ///< the one behind /tmp, /var/tmp, /dev/shm and files with a given content

    bool operator==(const RamShares&) const = default;
};

/// Half of the memory that the given RAM filesystems leave. Those have half of the memory at most (check_ram()), so
/// that a quarter is left to processes however full they all are.
/// @param memory_bytes  of the sandbox.
RamShares ram_shares(const std::vector<Mount>& mounts, std::uint64_t memory_bytes);

/// Whether the given RAM filesystems leave a sandbox with this limit enough; 0: there is none, and they may be any
/// size.
void check_ram(const std::vector<Mount>& mounts, std::uint64_t limit);

}  // namespace sandgraft::model
