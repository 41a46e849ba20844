// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/preflight.hpp"

#include "base/fd.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"
#include "model/mount_source.hpp"
#include "root/silence.hpp"

#include <sandgraft/error.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>

namespace sandgraft::session {

namespace {

using base::is_below;
using base::quote;
using model::facts_of;
using model::TargetKind;
using root::Kind;

/// The others are init's, who comes later.
bool is_hypervisors(const Mount& mount) { return facts_of(mount).maker == model::Maker::hypervisor; }

/// The mount in which a target lies when it is mounted on; null: the root or one of the directories in memory that
/// every sandbox has. The hypervisor's mounts are there before any that takes what it finds.
const Mount* closest_mount(const Sandbox& sandbox, const Mount& mount) {
    const Mount* closest = nullptr;
    for (const auto& other : sandbox.mounts) {
        if (is_hypervisors(mount) && facts_of(other).target == TargetKind::anything) continue;
        if (!is_below(mount.target, other.target)) continue;
        if (!closest || is_below(other.target, closest->target)) closest = &other;
    }
    return closest;
}

/// Whether a target lies in a directory in memory when it is mounted on: init makes one at /var/tmp, where the root has
/// such a directory.
bool is_in_memory(const Sandbox& sandbox, const Mount& mount) {
    const std::string place = root::place_in(sandbox.root, mount.target);
    if (is_below(place, "/var/tmp"))
        return !is_hypervisors(mount) && root::kind_in(sandbox.root, "/var/tmp") == Kind::directory;
    return is_below(place, "/run") || is_below(place, "/tmp");
}

/// A link must not lead where no mount may be.
void check_place(const Sandbox& sandbox, const Mount& mount) {
    const std::string place = root::place_in(sandbox.root, mount.target);
    if (const auto reason = model::reserved_reason(place); !reason.empty())
        throw Error(ErrorCode::invalid,
                    "the mount target " + quote(mount.target) + " leads to " + quote(place) + ", and " + reason);
}

Kind kind_on_host(const Mount& mount) {
    const std::string& source = model::path_of(mount);
    const std::string what = "the source " + quote(source) + " of the mount at " + quote(mount.target);
    struct stat st {};
    if (::stat(source.c_str(), &st) < 0) base::throw_errno(what);
    if (S_ISBLK(st.st_mode))
        throw Error(ErrorCode::unsupported, what + " is a block device, and a sandbox gets no disk of the host");
    return S_ISDIR(st.st_mode) ? Kind::directory : Kind::other;
}

/// What the sandbox has at a path, as far as that shows before it is made.
/// @param links  guest binds that may still be followed: each leads to another one at most once.
Kind kind_in_sandbox(const Sandbox& sandbox, const std::string& path, std::size_t links);

/// What a mount needs its target to be; missing: it does not need one.
Kind needed_kind(const Sandbox& sandbox, const Mount& mount, std::size_t links) {
    switch (facts_of(mount).target) {
        case TargetKind::as_host_source: return kind_on_host(mount);
        case TargetKind::as_guest_source:
            return links == 0 ? Kind::missing : kind_in_sandbox(sandbox, model::path_of(mount), links - 1);
        case TargetKind::directory: return Kind::directory;
        case TargetKind::file: return Kind::other;
        case TargetKind::anything: break;
    }
    return Kind::missing;
}

Kind needed_kind(const Sandbox& sandbox, const Mount& mount) {
    return needed_kind(sandbox, mount, sandbox.mounts.size());
}

/// What a mount has at a path below its target.
Kind kind_in_mount(const Sandbox& sandbox, const Mount& mount, const std::string& path, std::size_t links) {
    const std::string& source = model::path_of(mount);
    const std::string rest = path.substr(mount.target.size());
    switch (facts_of(mount).storage) {
        case model::Storage::host: return root::kind_in(source, rest);
        case model::Storage::guest:
            return links == 0 ? Kind::missing : kind_in_sandbox(sandbox, source + rest, links - 1);
        case model::Storage::memory:
        case model::Storage::none: break;
    }
    return Kind::missing;
}

Kind kind_in_sandbox(const Sandbox& sandbox, const std::string& path, std::size_t links) {
    const Mount* closest = nullptr;
    for (const auto& mount : sandbox.mounts) {
        if (facts_of(mount).target == TargetKind::anything) continue;
        if (mount.target == path) return needed_kind(sandbox, mount, links);
        if (is_below(mount.target, path)) return Kind::directory;
        if (is_below(path, mount.target) && (!closest || is_below(mount.target, closest->target))) closest = &mount;
    }
    return closest ? kind_in_mount(sandbox, *closest, path, links) : root::kind_in(sandbox.root, path);
}

void check_kind(const Mount& mount, Kind found, Kind needed) {
    if (found == needed || found == Kind::missing || needed == Kind::missing) return;
    throw Error(ErrorCode::invalid, "the mount target " + quote(mount.target) + " is " +
                                        (needed == Kind::directory ? "no directory, but its source is"
                                                                   : "a directory, but its source is none"));
}

/// The directory in memory that the hypervisor does not make for this mount of it; empty when there is none.
std::string missing_directory(const Sandbox& sandbox, const Mount& mount) {
    const Mount* parent = closest_mount(sandbox, mount);
    if (parent ? facts_of(*parent).storage != model::Storage::memory : !is_in_memory(sandbox, mount)) return {};
    const std::string place = parent ? mount.target : root::place_in(sandbox.root, mount.target);
    if (needed_kind(sandbox, mount) == Kind::directory) return place == mount.target ? std::string() : place;
    const std::string above(base::parent_of(place));
    const bool is_there = parent ? above == parent->target : above == "/run" || above == "/tmp";
    return is_there ? std::string() : above;
}

/// Why a file is none that can be executed; 0: it can.
int execution_error(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) return EISDIR;
    return ::access(path.c_str(), X_OK) < 0 ? errno : 0;
}

void check_init(const std::string& init) {
    model::check_path("path of sandgraft-init", init);
    if (const int error = execution_error(init); error != 0)
        base::throw_errno("sandgraft-init at " + quote(init) +
                              " (HostOptions::init or the environment variable SANDGRAFT_INIT can name another place)",
                          error);
}

void check_root(const std::string& root) {
    struct stat st {};
    if (::stat(root.c_str(), &st) < 0) base::throw_errno("the root " + quote(root));
    if (!S_ISDIR(st.st_mode)) throw Error(ErrorCode::invalid, "the root " + quote(root) + " is no directory");
}

void check_mount(const Sandbox& sandbox, const Mount& mount) {
    const Mount* parent = closest_mount(sandbox, mount);
    if (parent == nullptr) check_place(sandbox, mount);
    if (parent != nullptr && is_hypervisors(mount) && facts_of(*parent).storage == model::Storage::guest)
        throw Error(ErrorCode::unsupported, "the mount target " + quote(mount.target) + " lies in the guest bind at " +
                                                quote(parent->target) + ", which is made later and would hide it");
    const Kind needed = needed_kind(sandbox, mount);
    if (needed == Kind::missing) return;
    if (parent == nullptr) {
        if (!is_in_memory(sandbox, mount)) check_kind(mount, root::kind_in(sandbox.root, mount.target), needed);
        return;
    }
    if (facts_of(*parent).storage != model::Storage::host) return;
    const std::string& source = model::path_of(*parent);
    const Kind found = root::kind_in(source, mount.target.substr(parent->target.size()));
    if (found == Kind::missing)
        throw Error(ErrorCode::not_found, "the mount target " + quote(mount.target) + " does not exist in " +
                                              quote(source) + ", and nothing is created on the host");
    check_kind(mount, found, needed);
}

constexpr std::chrono::seconds patience{5};

bool is_mask(const Mount& mount) { return facts_of(mount).target == TargetKind::anything; }

std::string on_host(const Sandbox& sandbox, const std::string& path) {
    return (sandbox.root == "/" ? "" : sandbox.root) + path;
}

/// Init mounts one of the sandbox's own.
constexpr std::string_view machine_id = "/etc/machine-id";

bool needs_machine_id(const Sandbox& sandbox) {
    return std::holds_alternative<Services>(sandbox.payload) &&
           std::none_of(sandbox.mounts.begin(), sandbox.mounts.end(),
                        [](const Mount& mount) { return is_below(machine_id, mount.target); });
}

/// What is looked up of a directory itself is looked up in its filesystem.
std::string inside(const std::string& path) { return path + "/."; }

/// Where a mount's target is on the host; empty: in memory.
std::string target_on_host(const Sandbox& sandbox, const Mount& mount) {
    const Mount* parent = closest_mount(sandbox, mount);
    if (parent == nullptr) return on_host(sandbox, mount.target);
    if (facts_of(*parent).target != TargetKind::as_host_source) return {};
    return model::path_of(*parent) + mount.target.substr(parent->target.size());
}

/// The host's paths that a mount has looked up: by the checks here, by libvirt or, for a mask, by init.
std::vector<std::string> looked_up(const Sandbox& sandbox, const Mount& mount) {
    std::vector<std::string> paths = {target_on_host(sandbox, mount)};
    if (facts_of(mount).target == TargetKind::as_host_source) paths.push_back(inside(model::path_of(mount)));
    if (facts_of(mount).target == TargetKind::as_guest_source) paths.push_back(on_host(sandbox, model::path_of(mount)));
    return paths;
}

void check_answers(const std::vector<std::string>& silent, const std::string& path) {
    for (const auto& point : silent)
        if (is_below(path, point))
            throw Error(ErrorCode::io, "what is mounted at " + quote(point) + " does not answer, and " + quote(path) +
                                           " is inside of it");
}

}  // namespace

std::vector<std::string> silent_mounts(const Sandbox& sandbox) {
    std::vector<std::string> paths = {inside(sandbox.root)};
    if (sandbox.mask_secrets)
        for (const auto& mask : default_masks()) paths.push_back(on_host(sandbox, mask));
    for (const auto& mount : sandbox.mounts)
        for (auto& path : looked_up(sandbox, mount)) paths.push_back(std::move(path));
    return root::silent_mounts(paths, root::read_mount_table(), patience);
}

Sandbox without_masks_in(const std::vector<std::string>& silent, const Sandbox& sandbox) {
    Sandbox rest = sandbox;
    std::erase_if(rest.mounts, [&](const Mount& mount) {
        return is_mask(mount) && std::any_of(silent.begin(), silent.end(), [&](const auto& point) {
                   return is_below(target_on_host(sandbox, mount), point);
               });
    });
    check_answers(silent, inside(sandbox.root));
    for (const auto& mount : rest.mounts)
        for (const auto& path : looked_up(sandbox, mount)) check_answers(silent, path);
    return rest;
}

void check_host_paths(const Sandbox& sandbox, const std::string& init) {
    check_init(init);
    check_root(sandbox.root);
    for (const auto& mount : sandbox.mounts) check_mount(sandbox, mount);
}

std::vector<root::Target> targets_in_root(const Sandbox& sandbox) {
    std::vector<root::Target> targets;
    for (const auto& mount : sandbox.mounts) {
        const Kind needed = needed_kind(sandbox, mount);
        if (needed != Kind::missing && closest_mount(sandbox, mount) == nullptr && !is_in_memory(sandbox, mount))
            targets.push_back({mount.target, needed == Kind::directory});
    }
    if (needs_machine_id(sandbox)) targets.push_back({std::string(machine_id), false});
    return targets;
}

std::string systemd_in(const std::string& root) {
    for (const char* path : {"/usr/lib/systemd/systemd", "/lib/systemd/systemd"})
        if (root::kind_in(root, path) == Kind::other) return path;
    throw Error(ErrorCode::not_found, "there is no systemd in " + quote(root) + " to boot units with");
}

std::vector<std::string> missing_directories(const Sandbox& sandbox) {
    std::vector<std::string> missing;
    for (const auto& mount : sandbox.mounts) {
        if (!is_hypervisors(mount)) continue;
        const std::string directory = missing_directory(sandbox, mount);
        const auto same = [&](const Mount& other) { return other.target == directory; };
        if (directory.empty() || std::any_of(sandbox.mounts.begin(), sandbox.mounts.end(), same)) continue;
        if (std::find(missing.begin(), missing.end(), directory) == missing.end()) missing.push_back(directory);
    }
    return missing;
}

std::vector<std::string> bind_warnings(const Sandbox& sandbox) {
    std::vector<std::string> warnings;
    std::vector<root::MountEntry> table;  // read for the first bind of a directory
    for (const auto& mount : sandbox.mounts) {
        if (facts_of(mount).storage != model::Storage::host || kind_on_host(mount) != Kind::directory) continue;
        if (table.empty()) table = root::read_mount_table();
        const auto below = root::mounts_below(model::path_of(mount), table);
        if (below.empty()) continue;
        const auto more = below.size() == 1 ? std::string() : " and " + std::to_string(below.size() - 1) + " more";
        warnings.push_back("the bind at " + quote(mount.target) + " does not have what is mounted at " +
                           quote(below.front()) + more);
    }
    return warnings;
}

void check_targets_in_root(const Sandbox& sandbox) {
    for (const auto& target : targets_in_root(sandbox))
        if (root::kind_in(sandbox.root, target.path) == Kind::missing)
            throw Error(ErrorCode::not_found, "the mount target " + quote(target.path) + " does not exist below " +
                                                  quote(sandbox.root) + ", and nothing is created on the host");
}

}  // namespace sandgraft::session
