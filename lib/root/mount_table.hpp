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
    std::string point;  ///< absolute path of the mount point
    std::string type;   ///< of the filesystem: "ext4"

    bool operator==(const MountEntry&) const = default;
};

/// The mounts of this process's mount namespace now.
/// @throws Error when they cannot be read.
std::vector<MountEntry> read_mount_table();

/// The mounts of this process's mount namespace in the order in which they were made; malformed lines are skipped.
std::vector<MountEntry> parse_mount_table(std::string_view mountinfo);

/// The mount points strictly below a root that belong into a sandbox's view of it, as paths relative to the root
/// ("/home"), parents before children: without those that libvirt makes anew (/proc, /sys, /dev) or that are private
/// to a sandbox (/run, /tmp, /var/tmp) with all below them, and without automount points.
std::vector<MountEntry> submounts(const std::vector<MountEntry>& table, std::string_view root);

}  // namespace sandgraft::root
