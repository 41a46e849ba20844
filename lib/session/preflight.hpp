// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/view.hpp"

#include <sandgraft/sandbox.hpp>

#include <string>
#include <vector>

namespace sandgraft::session {

/// Looks at the host, where that is this machine, for what would make the start fail or change the host: missing
/// sources, and missing targets in a writable directory of the host, where the hypervisor would create them.
/// @throws Error not_found or invalid naming the mount or path.
void check_host_paths(const Sandbox& sandbox, const std::string& init);

/// The mount points of the host that a start would look something up in, and that do not answer.
std::vector<std::string> silent_mounts(const Sandbox& sandbox);

/// A description without the masks inside of such mounts, which are left out with all that is in them.
/// @throws Error io naming what else of the description is inside of one.
Sandbox without_masks_in(const std::vector<std::string>& silent, const Sandbox& sandbox);

/// The targets that lie in the sandbox's root itself, not in a mount of it nor in memory.
std::vector<root::Target> targets_in_root(const Sandbox& sandbox);

/// The path of systemd in a root.
/// @throws Error not_found when there is none to boot units with.
std::string systemd_in(const std::string& root);

/// The directories in memory that are missing for mounts of the hypervisor: it makes those above the target of a
/// directory, but none above a file, nor where a link leads.
std::vector<std::string> missing_directories(const Sandbox& sandbox);

/// What a bind leaves out: a line for each whose source has other filesystems mounted below it, which are not in it.
std::vector<std::string> bind_warnings(const Sandbox& sandbox);

/// Where no view of the root can add them: whether the root has all those targets.
/// @throws Error not_found naming the first that it lacks.
void check_targets_in_root(const Sandbox& sandbox);

}  // namespace sandgraft::session
