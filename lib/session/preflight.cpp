// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/preflight.hpp"

#include "base/fd.hpp"
#include "base/overload.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace sandgraft::session {

namespace {

using base::is_below;
using base::quote;
using root::Kind;

/// The mount that a target lies in; null: the root or one of the directories in memory that every sandbox has.
const Mount* closest_mount(const Sandbox& sandbox, const std::string& target) {
    const Mount* closest = nullptr;
    for (const auto& other : sandbox.mounts)
        if (is_below(target, other.target) && (!closest || is_below(other.target, closest->target))) closest = &other;
    return closest;
}

bool is_in_memory(const std::string& path) {
    return is_below(path, "/run") || is_below(path, "/tmp") || is_below(path, "/var/tmp");
}

Kind kind_of_source(const Mount& mount, const HostBind& source) {
    struct stat st {};
    if (::stat(source.path.c_str(), &st) < 0)
        base::throw_errno("the source " + quote(source.path) + " of the mount at " + quote(mount.target));
    return S_ISDIR(st.st_mode) ? Kind::directory : Kind::other;
}

/// What a mount needs its target to be; missing: it does not need one.
Kind needed_kind(const Sandbox& sandbox, const Mount& mount) {
    return std::visit(base::Overload{
                          [&](const HostBind& source) { return kind_of_source(mount, source); },
                          [&](const GuestBind& source) { return root::kind_in(sandbox.root, source.path); },
                          [](const Ram&) { return Kind::directory; },
                          [](const File&) { return Kind::other; },
                          [](const Mask&) { return Kind::missing; },
                      },
                      mount.source);
}

void check_kind(const Mount& mount, Kind found, Kind needed) {
    if (found == needed || found == Kind::missing || needed == Kind::missing) return;
    throw Error(ErrorCode::invalid, "the mount target " + quote(mount.target) + " is " +
                                        (needed == Kind::directory ? "no directory, but its source is"
                                                                   : "a directory, but its source is none"));
}

void check_root(const std::string& root) {
    struct stat st {};
    if (::stat(root.c_str(), &st) < 0) base::throw_errno("the root " + quote(root));
    if (!S_ISDIR(st.st_mode)) throw Error(ErrorCode::invalid, "the root " + quote(root) + " is no directory");
}

void check_mount(const Sandbox& sandbox, const Mount& mount) {
    const Kind needed = needed_kind(sandbox, mount);
    if (needed == Kind::missing) return;
    const Mount* parent = closest_mount(sandbox, mount.target);
    if (parent == nullptr) {
        if (!is_in_memory(mount.target)) check_kind(mount, root::kind_in(sandbox.root, mount.target), needed);
        return;
    }
    const auto* bind = std::get_if<HostBind>(&parent->source);
    if (bind == nullptr) return;
    const Kind found = root::kind_in(bind->path, mount.target.substr(parent->target.size()));
    if (found == Kind::missing)
        throw Error(ErrorCode::not_found, "the mount target " + quote(mount.target) + " does not exist in " +
                                              quote(bind->path) + ", and nothing is created on the host");
    check_kind(mount, found, needed);
}

}  // namespace

void check_host_paths(const Sandbox& sandbox, const Capabilities& capabilities) {
    if (::access(capabilities.init.c_str(), X_OK) < 0)
        base::throw_errno("sandgraft-init at " + quote(capabilities.init) +
                          " (the environment variable SANDGRAFT_INIT can name another place)");
    check_root(sandbox.root);
    for (const auto& mount : sandbox.mounts) check_mount(sandbox, mount);
}

std::vector<root::Target> targets_in_root(const Sandbox& sandbox) {
    std::vector<root::Target> targets;
    for (const auto& mount : sandbox.mounts) {
        const Kind needed = needed_kind(sandbox, mount);
        if (needed != Kind::missing && closest_mount(sandbox, mount.target) == nullptr && !is_in_memory(mount.target))
            targets.push_back({mount.target, needed == Kind::directory});
    }
    return targets;
}

void check_targets_in_root(const Sandbox& sandbox) {
    for (const auto& target : targets_in_root(sandbox))
        if (root::kind_in(sandbox.root, target.path) == Kind::missing)
            throw Error(ErrorCode::not_found, "the mount target " + quote(target.path) + " does not exist below " +
                                                  quote(sandbox.root) + ", and nothing is created on the host");
}

}  // namespace sandgraft::session
