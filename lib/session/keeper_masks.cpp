// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/keeper_masks.hpp"

#include "base/text.hpp"
#include "root/kept_directory.hpp"

#include <sandgraft/error.hpp>

#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace sandgraft::session {

namespace {

/// What every sandbox has in memory, whatever its root has there.
constexpr std::array<std::string_view, 3> in_memory = {"/run", "/tmp", "/var/tmp"};

/// Without links; as it is where that cannot be known.
std::string real_path_of(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    return real ? real.get() : path;
}

/// Where a directory that is shown at a target shows the place; empty where it does not.
/// @param what  names the directory.
std::string shown_at(const std::string& directory, const std::string& target, const std::string& place,
                     const std::string& what) {
    const std::string real = real_path_of(directory);
    if (base::is_at_or_below(real, place))
        throw Error(ErrorCode::invalid,
                    what + " lies in " + base::quote(place) + ", where kept sandboxes are spoken to from outside");
    if (!base::is_below(place, real)) return {};
    return (target == "/" ? "" : target) + place.substr(real == "/" ? 0 : real.size());
}

bool is_replaced(const Sandbox& sandbox, const std::string& target) {
    return std::any_of(sandbox.mounts.begin(), sandbox.mounts.end(),
                       [&](const Mount& mount) { return mount.target == target; });
}

}  // namespace

std::vector<Mount> keeper_masks(const Sandbox& sandbox, const std::string& place) {
    const std::string real_place = real_path_of(std::string(base::parent_of(place))) + place.substr(place.rfind('/'));
    std::vector<Mount> masks;
    const auto mask = [&](const std::string& target) {
        if (!target.empty() && !is_replaced(sandbox, target)) masks.push_back({target, Mask{}, true});
    };
    for (const auto& mount : sandbox.mounts) {
        const auto* bind = std::get_if<HostBind>(&mount.source);
        if (bind == nullptr) continue;
        const std::string what =
            "the source " + base::quote(bind->path) + " of the mount at " + base::quote(mount.target);
        const std::string target = shown_at(bind->path, mount.target, real_place, what);
        if (!target.empty()) ::mkdir(real_place.c_str(), 0711);  // where that cannot be, no keeper can be either
        mask(target);
    }
    const std::string target = shown_at(sandbox.root, "/", real_place, "the root " + base::quote(sandbox.root));
    if (std::none_of(in_memory.begin(), in_memory.end(),
                     [&](const auto directory) { return base::is_below(target, directory); }))
        mask(target);
    return masks;
}

std::vector<Mount> keeper_masks(const Sandbox& sandbox) {
    std::string place;
    try {
        place = root::kept_place();
    } catch (const Error&) {
        return {};
    }
    return keeper_masks(sandbox, place);
}

}  // namespace sandgraft::session
