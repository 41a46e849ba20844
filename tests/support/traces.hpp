// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/mount_table.hpp"

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace sandgraft::test {

/// Asks until it holds, for ten seconds at most.
template <typename Condition>
bool eventually(Condition condition) {
    for (int tries = 0; tries < 500; ++tries) {
        if (condition()) return true;
        ::usleep(20000);
    }
    return false;
}

/// The directories and mounts of all views of this machine.
inline std::vector<std::string> traces() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator("/run"))
        if (entry.path().filename().string().starts_with("sandgraft-")) found.push_back(entry.path());
    for (const auto& mount : root::read_mount_table())
        if (mount.point.starts_with("/run/sandgraft-")) found.push_back(mount.point);
    return found;
}

/// Whether every trace that was not there before goes, which takes a moment.
inline bool no_trace_since(const std::vector<std::string>& before) {
    return eventually([&] {
        const auto now = traces();
        return std::all_of(now.begin(), now.end(), [&](const std::string& trace) {
            return std::find(before.begin(), before.end(), trace) != before.end();
        });
    });
}

}  // namespace sandgraft::test
