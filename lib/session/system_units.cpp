// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/system_units.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace sandgraft::session {

namespace {

constexpr std::string_view boot_target = "default.target";
constexpr std::string_view slice = "sandgraft.slice";

/// Those that end the system want all mounts to have been taken away before.
constexpr std::string_view ends[] = {"systemd-poweroff.service", "systemd-reboot.service", "systemd-halt.service",
                                     "systemd-exit.service"};
constexpr std::string_view unmounting = "umount.target";

std::string without(std::string text, std::string_view word) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) text.erase(at, word.size());
    return text;
}

/// A file of the root's, or of somebody who changed it, stays.
void add(UnitTree& tree, std::string_view path, std::string content, bool link = false) {
    const bool exists = std::any_of(tree.entries.begin(), tree.entries.end(),
                                    [&](const UnitTree::Entry& entry) { return entry.path == path; });
    if (!exists) tree.entries.push_back({std::string(path), link, std::move(content)});
}

std::string list(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Of units without default dependencies, nothing else says that they end with the system.
void add_ends(UnitTree& tree, const Services& services) {
    const std::string unit = "[Unit]\nDefaultDependencies=no\n";
    const std::string goals = list(services.goals);
    add(tree, "shutdown.target", unit + "Conflicts=" + goals + "\nAfter=" + goals + "\n");
    for (const std::string end : {"poweroff", "reboot"}) {
        const std::string service = "systemd-" + end + ".service";
        add(tree, end + ".target", unit + "Requires=" + service + "\nAfter=" + service + "\nAllowIsolate=yes\n");
        add(tree, service,
            unit + "Requires=shutdown.target\nAfter=shutdown.target\nSuccessAction=" + end +
                "-force\n[Service]\nType=oneshot\nExecStart=/bin/true\n");
    }
}

}  // namespace

void keep_mounts(UnitSet& units) {
    for (const auto end : ends)
        if (units.info(end).state == UnitState::loaded) units.replace(end, without(units.cat(end), unmounting));
}

void complete(UnitTree& tree, const Services& services) {
    if (services.profile == UnitProfile::bare) add_ends(tree, services);
    add(tree, slice, "[Unit]\nDescription=Processes started from outside of the sandbox\nDefaultDependencies=no\n");
    add(tree, std::string(boot_target) + ".wants/" + std::string(slice), "../" + std::string(slice), true);
}

}  // namespace sandgraft::session
