// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::guest {

/// The hierarchies in which the hypervisor has made a group for the sandbox, each by the controllers of version 1 that
/// it has, as /proc/self/cgroup names them, or by "" for version 2. In the others the sandbox is in somebody else's
/// group.
/// @param memberships  the text of /proc/self/cgroup, read outside the control group namespace that is to begin there.
std::vector<std::string> own_hierarchies(std::string_view memberships);

/// The same of this process.
std::vector<std::string> own_hierarchies();

/// Shows at /sys/fs/cgroup nothing but the sandbox's own groups, each as the topmost of its hierarchy. To be called in
/// a control group namespace of its own.
void show_control_groups(const std::vector<std::string>& hierarchies);

}  // namespace sandgraft::guest
