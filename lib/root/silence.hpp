// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/mount_table.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace sandgraft::root {

/// The mount points, of those strictly above some path that is to be looked up, whose filesystem does not answer in
/// time: a FUSE daemon hangs, a server is out of reach. Only what is not local is asked, each by a thread of its own:
/// one that gets no answer stays until it does, or this process ends.
std::vector<std::string> silent_mounts(const std::vector<std::string>& paths, const std::vector<MountEntry>& table,
                                       std::chrono::milliseconds patience);

}  // namespace sandgraft::root
