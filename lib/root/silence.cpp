// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/silence.hpp"

#include "base/text.hpp"
#include "base/thread.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <future>

namespace sandgraft::root {

namespace {

/// An error is an answer.
void ask(const std::string& point) {
    struct statx st {};
    (void)!::statx(AT_FDCWD, point.c_str(), AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &st);
}

}  // namespace

std::vector<std::string> silent_mounts(const std::vector<std::string>& paths, const std::vector<MountEntry>& table,
                                       std::chrono::milliseconds patience) {
    std::vector<std::string> silent;
    for (const auto& mount : table) {
        const bool is_above = std::any_of(paths.begin(), paths.end(),
                                          [&](const auto& path) { return base::is_below(path, mount.point); });
        if (!is_above || is_local(mount) || mount.type == "autofs" || mount.point == "/") continue;
        const auto answer = base::run_apart([point = mount.point] { ask(point); });
        if (answer.wait_for(patience) != std::future_status::ready) silent.push_back(mount.point);
    }
    return silent;
}

}  // namespace sandgraft::root
