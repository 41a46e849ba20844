// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/silence.hpp"

#include "base/blocked_signals.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <future>
#include <memory>
#include <thread>

namespace sandgraft::root {

namespace {

/// An error is an answer.
void ask(const std::string& point) {
    struct statx st {};
    (void)!::statx(AT_FDCWD, point.c_str(), AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &st);
}

std::future<void> ask_in_background(const std::string& point) {
    const base::BlockedSignals blocked;
    const auto answered = std::make_shared<std::promise<void>>();
    std::thread([point, answered] {
        ask(point);
        answered->set_value();
    }).detach();
    return answered->get_future();
}

}  // namespace

std::vector<std::string> silent_mounts(const std::vector<std::string>& paths, const std::vector<MountEntry>& table,
                                       std::chrono::milliseconds patience) {
    std::vector<std::string> silent;
    for (const auto& mount : table) {
        const bool is_above = std::any_of(paths.begin(), paths.end(),
                                          [&](const auto& path) { return base::is_below(path, mount.point); });
        if (!is_above || is_local(mount) || mount.type == "autofs" || mount.point == "/") continue;
        if (ask_in_background(mount.point).wait_for(patience) != std::future_status::ready)
            silent.push_back(mount.point);
    }
    return silent;
}

}  // namespace sandgraft::root
