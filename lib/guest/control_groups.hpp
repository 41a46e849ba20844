// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::guest {

/// Where the hypervisor has made groups for the sandbox; elsewhere it is in somebody else's.
struct OwnGroups {
    /// Each by the controllers of version 1 that it has, as /proc/self/cgroup names them, or by "" for version 2.
    std::vector<std::string> hierarchies{};

    std::string path{};       ///< of the one in version 2; empty without one
    std::string delegated{};  ///< of one above it that is the hypervisor's too, where controllers may be switched on

    bool operator==(const OwnGroups&) const = default;
};

/// @param memberships  the text of /proc/self/cgroup, read outside the control group namespace that is to begin there.
OwnGroups own_groups(std::string_view memberships);

/// The same of this process.
OwnGroups own_groups();

/// Lets the sandbox's group of version 2 have so many processes and threads more than it has now, whoever they belong
/// to, 0 for as it is. Where there is no such group, or nobody counts in it, nothing is done. To be called while
/// /sys/fs/cgroup still shows the host's groups.
void limit_processes(const OwnGroups& own, std::uint64_t processes);

/// Makes a group for a system below each of the sandbox's own, where it cannot change the limits of those, and enters
/// them. systemd needs one in its own hierarchy of version 1 too: where the hypervisor makes none, it is made below the
/// one that this process is in, and what ended sandboxes have left there is removed. To be called while /sys/fs/cgroup
/// still shows the host's groups.
/// @return those groups.
OwnGroups enter_inner_groups(std::string_view memberships);
OwnGroups enter_inner_groups();

/// Where show_control_groups() shows them.
std::vector<std::string> shown_groups(const OwnGroups& own);

/// Shows at /sys/fs/cgroup nothing but the sandbox's own groups, each as the topmost of its hierarchy. To be called in
/// a control group namespace of its own.
void show_control_groups(const OwnGroups& own);

}  // namespace sandgraft::guest
