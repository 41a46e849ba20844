// SPDX-License-Identifier: LGPL-2.1-or-later
// Mounts, automounts and swaps.
#include "units/graph/graph_builder.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace sandgraft::units {

namespace {

/// Cuts the next option off; a comma after a backslash is part of one. The value of an option does not matter here.
std::string_view next_option(std::string_view& options) {
    std::size_t end = options.find(',');
    while (end != std::string_view::npos && end > 0 && options[end - 1] == '\\') end = options.find(',', end + 1);
    const auto option = options.substr(0, end);
    options.remove_prefix(end == std::string_view::npos ? options.size() : end + 1);
    return option.substr(0, option.find('='));
}

bool has_option(std::string_view options, std::initializer_list<std::string_view> wanted) {
    while (!options.empty())
        if (std::find(wanted.begin(), wanted.end(), next_option(options)) != wanted.end()) return true;
    return false;
}

/// The last of two opposite options decides.
bool last_option_is(std::string_view options, std::string_view yes, std::string_view no) {
    bool result = false;
    while (!options.empty()) {
        const auto option = next_option(options);
        if (option == yes) result = true;
        if (option == no) result = false;
    }
    return result;
}

bool is_network_type(std::string_view type) {
    if (type.starts_with("fuse.")) type.remove_prefix(5);
    constexpr std::array<std::string_view, 17> names{"afs",       "ceph",  "cifs",  "smb3",   "smbfs", "sshfs",
                                                     "ncpfs",     "ncp",   "nfs",   "nfs4",   "gfs",   "gfs2",
                                                     "glusterfs", "pvfs2", "ocfs2", "lustre", "davfs"};
    return std::find(names.begin(), names.end(), type) != names.end();
}

template <typename Mount>
bool is_network(const Mount& mount) {
    return has_option(mount.options, {"_netdev"}) || is_network_type(mount.type);
}

template <typename Mount>
bool is_bind(const Mount& mount) {
    return has_option(mount.options, {"bind", "rbind"}) || mount.type == "bind" || mount.type == "rbind";
}

template <typename Mount>
bool needs_quota(const Mount& mount) {
    constexpr std::array<std::string_view, 6> types{"ext2", "ext3", "ext4", "reiserfs", "jfs", "f2fs"};
    const bool can_have = mount.type.empty() || std::find(types.begin(), types.end(), mount.type) != types.end();
    return can_have && !is_bind(mount) &&
           has_option(mount.options, {"usrquota", "grpquota", "quota", "usrjquota", "grpjquota"});
}

/// Mounts that are there before anything starts and stay until the end.
bool is_extrinsic(std::string_view where, std::string_view options) {
    for (const std::string_view path : {"/", "/usr", "/etc"})
        if (where == path) return true;
    for (const std::string_view directory : {"/run/initramfs", "/proc", "/sys", "/dev"})
        if (base::is_at_or_below(where, directory)) return true;
    return has_option(options, {"x-initrd.mount"});
}

/// File systems that the manager mounts by itself.
bool is_api(std::string_view where) {
    constexpr std::array<std::string_view, 15> paths{"/proc",
                                                     "/sys",
                                                     "/dev",
                                                     "/sys/kernel/security",
                                                     "/sys/fs/smackfs",
                                                     "/dev/shm",
                                                     "/dev/pts",
                                                     "/run",
                                                     "/sys/fs/cgroup/unified",
                                                     "/sys/fs/cgroup",
                                                     "/sys/fs/cgroup/systemd",
                                                     "/sys/fs/pstore",
                                                     "/sys/firmware/efi/efivars",
                                                     "/sys/fs/bpf",
                                                     "/dev/console"};
    if (std::find(paths.begin(), paths.end(), where) != paths.end()) return true;
    return where == "/sys/fs/selinux" || where == "/proc/kmsg" || where == "/etc/machine-id" ||
           base::is_at_or_below(where, "/sys/fs/cgroup") || base::is_at_or_below(where, "/run/credentials");
}

bool is_device_path(std::string_view path) { return path.starts_with("/dev/") || path.starts_with("/sys/"); }

std::string parent_directory(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::optional<std::string> GraphBuilder::own_path(NodeId id, std::string_view configured) const {
    if (!configured.empty())
        if (auto path = expand_path(id, configured)) return path;
    return unescape_path(parse_unit_name(node(id).name).prefix);
}

bool GraphBuilder::has_name(NodeId id, std::string_view name) const { return refer_known(name) == id; }

GraphBuilder::MountParameters GraphBuilder::mount_parameters(NodeId id, const Settings& settings) {
    const auto expanded = [&](std::string_view text) -> std::string_view {
        if (text.find('%') == std::string_view::npos) return text;
        return graph_.names_.store(loader_.expand(*node(id).unit, text).value_or(""));
    };
    return {expanded(settings.what), expanded(settings.type), expanded(settings.options)};
}

void GraphBuilder::add_mount_unit(NodeId id, const Settings& settings) {
    const auto where = own_path(id, settings.where);
    if (!where) return refuse(id, "Where= is not an absolute path");
    const bool is_file = has_fragment(id);
    const MountParameters mount = mount_parameters(id, settings);
    if (!node(id).perpetual) add_exec(id, settings);
    complete_slice(id, node(id).perpetual || is_extrinsic(*where, mount.options));
    if (is_file && is_device_path(mount.what) && !is_bind(mount) && !is_normalized_path(simplify_path(mount.what)))
        return refuse(id, "What= holds \"..\"", UnitState::error);
    if (is_file) add_mount_device(id, *where, mount);
    if (*where != "/") require_mounts_for(id, parent_directory(*where), Origin::implicit);
    if (is_file && mount.what.starts_with('/') &&
        (is_bind(mount) || has_option(mount.options, {"loop"}) || !is_network(mount))) {
        if (!is_normalized_path(simplify_path(mount.what)) && simplify_path(mount.what) != "/")
            return refuse(id, "What= holds \"..\"", UnitState::error);
        require_mounts_for(id, mount.what, Origin::file);
    }
    offer_mount(id, *where);
    if (is_file && needs_quota(mount))
        for (const std::string_view name : {"systemd-quotacheck.service", "quotaon.service"})
            add(id, {relation::before, relation::wants}, name, Origin::file);
    if (is_file && node(id).default_dependencies && !is_extrinsic(*where, mount.options)) add_mount_defaults(id, mount);

    if (!has_name(id, name_from_path(*where, UnitType::mount).value_or("")))
        refuse(id, "Where= does not match the name of the unit");
    else if (is_api(*where))
        refuse(id, "a file system that the manager itself mounts");
    else if (is_file && mount.what.empty() && !node(id).perpetual)
        refuse(id, "a mount without What=");
}

void GraphBuilder::add_mount_device(NodeId id, std::string_view where, const MountParameters& mount) {
    const std::string what = expand_path(id, mount.what).value_or(std::string(mount.what));
    if (is_bind(mount) || !is_device_path(what) || what == "/dev/root" || what == "/dev/nfs" || where == "/") return;
    const bool bound = has_option(mount.options, {"x-systemd.device-bound"});
    add_device(id, what, bound ? relation::binds_to : relation::requires_, Origin::mount_file);
    if (!bound) add_device(id, what, relation::stop_propagated_from, Origin::mount_file);
    add_block_device(id, what, Origin::mount_file);
}

/// A target at which other tools can order themselves before and after the use of a block device.
void GraphBuilder::add_block_device(NodeId id, std::string_view path, Origin origin) {
    if (!path.starts_with("/dev/")) return;
    const auto escaped = escape_path(path);
    if (escaped) add(id, {relation::after}, "blockdev@" + *escaped + ".target", origin);
}

void GraphBuilder::add_mount_defaults(NodeId id, const MountParameters& mount) {
    const bool network = is_network(mount);
    if (!last_option_is(mount.options, "nofail", "fail"))
        add(id, {relation::before}, network ? "remote-fs.target" : "local-fs.target", Origin::mount_file);
    add(id, {relation::after}, network ? "remote-fs-pre.target" : "local-fs-pre.target", Origin::mount_file);
    add(id, {relation::before, relation::conflicts}, "umount.target", Origin::mount_file);
    if (network) {
        add(id, {relation::after}, "network.target", Origin::mount_file);
        add(id, {relation::wants, relation::after}, "network-online.target", Origin::mount_file);
    }
    if (mount.type == "tmpfs") add(id, {relation::after}, "swap.target", Origin::mount_file);
}

void GraphBuilder::add_automount(NodeId id, const Settings& settings) {
    const auto where = own_path(id, settings.where);
    if (!where) return refuse(id, "Where= is not an absolute path");
    const std::string mount = std::string(node(id).name.substr(0, node(id).name.rfind('.'))) + ".mount";
    add(id, {relation::before, relation::triggers}, mount, Origin::implicit);
    if (*where == "/") return refuse(id, "an automount of the root directory", UnitState::error);
    require_mounts_for(id, parent_directory(*where), Origin::implicit);
    if (node(id).default_dependencies) {
        add(id, {relation::before}, "local-fs.target", Origin::default_);
        add(id, {relation::after}, "local-fs-pre.target", Origin::default_);
        add(id, {relation::before, relation::conflicts}, "umount.target", Origin::default_);
    }
    if (!has_name(id, name_from_path(*where, UnitType::automount).value_or("")))
        refuse(id, "Where= does not match the name of the unit");
}

void GraphBuilder::add_swap(NodeId id, const Settings& settings) {
    const auto what = own_path(id, settings.what);
    if (!what) return refuse(id, "What= is not an absolute path");
    require_mounts_for(id, *what, Origin::implicit);
    if (is_device_path(*what)) {
        add_device(id, *what, relation::requires_, Origin::file);
        add_block_device(id, *what, Origin::file);
    } else if (!settings.what.empty()) {
        add(id, {relation::after}, "systemd-remount-fs.service", Origin::file);
    }
    add_exec(id, settings);
    complete_slice(id, false);
    if (node(id).default_dependencies && !environment_.container) {
        add(id, {relation::before}, "swap.target", Origin::default_);
        add(id, {relation::before, relation::conflicts}, "umount.target", Origin::default_);
    }
    if (!has_name(id, name_from_path(*what, UnitType::swap).value_or("")))
        refuse(id, "What= does not match the name of the unit");
}

}  // namespace sandgraft::units
