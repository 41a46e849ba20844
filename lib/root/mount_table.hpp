// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::root {

/// One line of /proc/self/mountinfo, proc(5).
struct MountEntry {
    std::uint64_t id = 0;
    std::uint64_t parent = 0;  ///< the mount that it is mounted on
    std::string point;         ///< absolute path of the mount point
    std::string type;          ///< of the filesystem: "ext4"

    bool operator==(const MountEntry&) const = default;
};

/// The mounts of this thread's mount namespace now.
/// @throws Error when they cannot be read.
std::vector<MountEntry> read_mount_table();

/// The mounts of a mount namespace in the order in which they were made; malformed lines are skipped.
std::vector<MountEntry> parse_mount_table(std::string_view mountinfo);

/// Whether its filesystem looks up names by itself. Any other may ask a daemon or a server, which may not answer.
bool is_local(const MountEntry& mount);

}  // namespace sandgraft::root
