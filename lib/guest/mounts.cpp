// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/mounts.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace sandgraft::guest {

namespace {

using Config = wire::GuestConfig;
using Action = Config::Action;
using Target = Config::Target;

/// The one tmpfs of all that init keeps in memory, parts of which it mounts elsewhere; detached when everything is.
constexpr const char* staging = "/run/sandgraft-staging";
constexpr mode_t temporary_mode = 01777;

std::string quoted(const std::string& path) { return base::quote(path); }

/// What a mount is made of.
const std::string& string_of(const Config::Mount& mount) {
    if (mount.strings.empty())
        throw Error(ErrorCode::protocol, "the mount at " + quoted(mount.target) + " lacks a string");
    return mount.strings[0];
}

/// The kind of a file as the kernel itself knows it, 0 where it does not; none where there is nothing. No filesystem is
/// asked: the path may be a mount whose daemon has died, hangs or does not serve this user.
/// @throws Error when something above it cannot be looked into.
std::optional<mode_t> examine(const std::string& path) {
    struct statx st {};
    if (::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, &st) == 0) return st.stx_mode;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    base::throw_errno("cannot examine " + quoted(path));
}

/// A path, or the lowest directory above it that hides it with all that cannot be looked into.
std::string maskable(const std::string& path) {
    try {
        examine(path);
        return path;
    } catch (const Error&) {
        if (path == "/") throw;
        return maskable(std::string(base::parent_of(path)));
    }
}

void set_read_only(const std::string& path, unsigned flags) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (::mount_setattr(AT_FDCWD, path.c_str(), flags, &attributes, sizeof attributes) < 0)
        base::throw_errno("cannot make the mount at " + quoted(path) + " read-only");
}

void restrict_files(const Config::Mount& mount, unsigned flags) {
    mount_attr attributes{};
    if (!mount.suid) attributes.attr_set |= MOUNT_ATTR_NOSUID;
    if (!mount.dev) attributes.attr_set |= MOUNT_ATTR_NODEV;
    if (::mount_setattr(AT_FDCWD, mount.target.c_str(), flags, &attributes, sizeof attributes) < 0)
        base::throw_errno("cannot make the mount at " + quoted(mount.target) + " nosuid and nodev");
}

void bind(const std::string& source, const std::string& target) {
    if (::mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) < 0)
        base::throw_errno("cannot bind " + quoted(source) + " to " + quoted(target));
}

/// Where a path leads, links followed also where they lead to nothing yet.
std::string place_of(const std::string& path) {
    const auto found = base::find_existing(base::checked(::open("/", O_PATH | O_CLOEXEC), "cannot open '/'"), path);
    return found.path + found.missing;
}

/// A detached copy of the mounts at and below a path.
base::Fd copy_mounts(const std::string& path) {
    return base::checked(::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
                         "cannot copy the mount at " + quoted(path));
}

void attach(const base::Fd& tree, const std::string& target) {
    if (::move_mount(tree.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
        base::throw_errno("cannot mount at " + quoted(target));
}

/// Makes an empty directory or file to mount on, and the directories above it.
void create_target(const std::string& path, bool directory) {
    for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
        if (::mkdir(path.substr(0, end).c_str(), 0755) < 0 && errno != EEXIST)
            base::throw_errno("cannot create the directory " + quoted(path.substr(0, end)));
    const int made = directory ? ::mkdir(path.c_str(), 0755) : ::mknod(path.c_str(), S_IFREG | 0644, 0);
    if (made < 0 && errno != EEXIST) base::throw_errno("cannot create the mount target " + quoted(path));
}

/// Inodes take memory too: one for each page, as the kernel has it without a limit, and what the mounts need.
void mount_staging(std::uint64_t bytes, std::size_t mounts) {
    constexpr std::uint64_t page = 4096;
    const std::string options =
        "mode=700,size=" + std::to_string(bytes) + ",nr_inodes=" + std::to_string(bytes / page + 8 * (mounts + 8));
    create_target(staging, true);
    if (::mount("tmpfs", staging, "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) < 0)
        base::throw_errno("cannot mount a tmpfs at " + quoted(staging));
}

/// The parts that tell root about the host's memory, keys and devices.
constexpr const char* hidden_kernel_files[] = {
    "/proc/acpi",
    "/proc/asound",
    "/proc/config.gz",
    "/proc/interrupts",
    "/proc/iomem",
    "/proc/ioports",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/key-users",
    "/proc/keys",
    "/proc/kmsg",
    "/proc/kpagecgroup",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/latency_stats",
    "/proc/pagetypeinfo",
    "/proc/scsi",
    "/proc/sched_debug",
    "/proc/slabinfo",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/tty/driver",
    "/proc/vmallocinfo",
    "/sys/devices/virtual/dmi",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
    "/sys/fs/pstore",
    "/sys/hypervisor",
    "/sys/kernel/debug",
    "/sys/kernel/notes",
    "/sys/kernel/security",
    "/sys/kernel/slab",
    "/sys/kernel/tracing",
    "/sys/kernel/vmcoreinfo",
};

/// Makes the parts of /proc and /sys read-only through which root could act on the host even without capabilities.
void harden_kernel_files(bool read_only_sys) {
    if (examine("/proc/sys")) set_read_only("/proc/sys", AT_RECURSIVE);
    if (examine("/sys")) set_read_only("/sys", read_only_sys ? AT_RECURSIVE : 0);
    for (const char* path :
         {"/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/mtrr", "/proc/pressure"}) {
        if (!examine(path)) continue;
        bind(path, path);
        set_read_only(path, AT_RECURSIVE);
    }
}

class Mounter {
public:
    explicit Mounter(const Config& config) : mounts_(config.mounts) {
        mount_staging(config.scratch_bytes, mounts_.size());
        empty_directory_ = staged_directory(0755);
        empty_file_ = staged_file({}, 0444);
    }

    /// The kernel's files come first: a guest bind shows them at a second place as they are then.
    void run(bool read_only_sys) {
        restrict_run();
        make_shared_memory();
        for (const char* path : hidden_kernel_files) make_mask({.action = Action::mask, .target = path, .strings = {}});
        harden_kernel_files(read_only_sys);
        for (const auto& mount : mounts_) make(mount);
        if (::umount2(staging, MNT_DETACH) < 0) base::throw_errno("cannot detach " + quoted(staging));
        ::rmdir(staging);
    }

private:
    struct Graft {
        base::Fd tree;
        std::string target;
    };

    /// libvirt makes every filesystem in memory writable for all; here a user could take names that belong to daemons.
    static void restrict_run() {
        if (::chmod("/run", 0755) < 0) base::throw_errno("cannot change the mode of '/run'");
    }

    void make_shared_memory() {
        constexpr const char* path = "/dev/shm";
        create_target(path, true);
        bind(staged_directory(temporary_mode), path);
    }

    void make(const Config::Mount& mount) {
        switch (mount.action) {
            case Action::none: return restrict_files(mount, 0);
            case Action::bind: return make_bind(mount);
            case Action::file: return make_file(mount);
            case Action::mask: return make_mask(mount);
            case Action::private_tmp: return make_private_tmp(mount);
        }
    }

    void make_bind(const Config::Mount& mount) {
        const std::string& source = string_of(mount);
        if (!examine(source))
            throw Error(ErrorCode::not_found, "the source " + quoted(source) + " of the guest bind at " +
                                                  quoted(mount.target) + " does not exist in the sandbox");
        const base::Fd tree = copy_mounts(source);
        ensure_target(mount);
        attach(tree, mount.target);
        restrict_files(mount, AT_RECURSIVE);
        if (mount.read_only) set_read_only(mount.target, AT_RECURSIVE);
    }

    void make_file(const Config::Mount& mount) {
        const std::string path = staged_file(string_of(mount), mount.mode, mount.uid, mount.gid);
        ensure_target(mount);
        bind(path, mount.target);
        if (mount.read_only) set_read_only(mount.target, 0);
    }

    void make_mask(const Config::Mount& mount) {
        const std::string target = maskable(mount.target);
        const auto mode = examine(target);
        if (!mode || S_ISCHR(*mode)) return;  // a link to /dev/null has nothing to hide, and others need that
        if (target == mount.target && has_mounts_below(target))
            cover_with_targets(mount);
        else
            bind_mask(target, *mode);
        set_read_only(target, 0);
    }

    /// Where the kind is not known, the kernel compares it.
    void bind_mask(const std::string& target, mode_t mode) const {
        if (mode == 0 && ::mount(empty_directory_.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0) return;
        bind(S_ISDIR(mode) ? empty_directory_ : empty_file_, target);
    }

    void make_private_tmp(const Config::Mount& mount) {
        const auto mode = examine(mount.target);
        if (mode && S_ISDIR(*mode)) cover(mount.target, temporary_mode);
    }

    std::string staged_path() { return staging + std::string("/") + std::to_string(staged_++); }

    std::string staged_directory(mode_t mode) {
        const std::string path = staged_path();
        if (::mkdir(path.c_str(), mode) < 0 || ::chmod(path.c_str(), mode) < 0)
            base::throw_errno("cannot create the directory " + quoted(path));
        return path;
    }

    std::string staged_file(const std::string& content, mode_t mode, uid_t uid = 0, gid_t gid = 0) {
        const std::string path = staged_path();
        const base::Fd fd = base::checked(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600),
                                          "cannot create " + quoted(path));
        base::write_all(fd.get(), content, path);
        if (::fchown(fd.get(), uid, gid) < 0) base::throw_errno("cannot change the owner of " + quoted(path));
        if (::fchmod(fd.get(), mode) < 0) base::throw_errno("cannot change the mode of " + quoted(path));
        return path;
    }

    /// A new directory over one, with the hypervisor's mounts below it put back on top.
    void cover(const std::string& directory, mode_t mode) {
        std::vector<Graft> grafts;
        for (const auto& mount : mounts_)
            if (is_hypervisors(mount) && base::is_below(mount.target, directory) && !is_below_any(mount.target, grafts))
                grafts.push_back({copy_mounts(mount.target), mount.target});
        bind(staged_directory(mode), directory);
        for (const auto& graft : grafts) {
            struct stat st {};
            if (::fstat(graft.tree.get(), &st) < 0) base::throw_errno("cannot examine " + quoted(graft.target));
            create_target(graft.target, S_ISDIR(st.st_mode));
            attach(graft.tree, graft.target);
        }
    }

    /// A directory masked but for the mounts in it: once it is read-only, no target can be created there.
    void cover_with_targets(const Config::Mount& mask) {
        cover(mask.target, 0755);
        for (const auto& mount : mounts_) {
            if (!needs_target(mount) || is_hypervisors(mount) || closest_above(mount.target) != &mask) continue;
            create_target(mount.target, needs_directory(mount));
        }
    }

    [[nodiscard]] bool has_mounts_below(const std::string& directory) const {
        return std::any_of(mounts_.begin(), mounts_.end(), [&](const Config::Mount& mount) {
            return needs_target(mount) && base::is_below(mount.target, directory);
        });
    }

    static bool needs_target(const Config::Mount& mount) { return mount.needs != Target::anything; }

    static bool needs_directory(const Config::Mount& mount) {
        switch (mount.needs) {
            case Target::directory: return true;
            case Target::as_source: {
                const auto source = examine(string_of(mount));
                return source && S_ISDIR(*source);
            }
            case Target::anything:
            case Target::file: break;
        }
        return false;
    }

    static bool is_hypervisors(const Config::Mount& mount) { return mount.action == Action::none; }

    static bool is_below_any(const std::string& path, const std::vector<Graft>& grafts) {
        return std::any_of(grafts.begin(), grafts.end(),
                           [&](const Graft& graft) { return base::is_below(path, graft.target); });
    }

    /// A missing target is created only in memory, never in a directory of the host.
    void ensure_target(const Config::Mount& mount) {
        if (examine(mount.target)) return;
        if (!lies_in_memory(mount.target, mounts_.size()))
            throw Error(ErrorCode::not_found, "the mount target " + quoted(mount.target) +
                                                  " does not exist in the sandbox and is not created on the host");
        create_target(place_of(mount.target), needs_directory(mount));
    }

    /// @param binds  that may still be followed to what they show.
    [[nodiscard]] bool lies_in_memory(const std::string& path, std::size_t binds) const {
        const Config::Mount* closest = closest_above(path);
        if (closest != nullptr && closest->action == Action::bind && binds > 0)
            return lies_in_memory(string_of(*closest) + path.substr(closest->target.size()), binds - 1);
        if (closest != nullptr) return closest->in_memory;
        const std::string place = place_of(path);
        return base::is_below(place, "/run") || base::is_below(place, "/tmp");
    }

    [[nodiscard]] const Config::Mount* closest_above(const std::string& path) const {
        const Config::Mount* closest = nullptr;
        for (const auto& mount : mounts_)
            if (base::is_below(path, mount.target) && (!closest || base::is_below(mount.target, closest->target)))
                closest = &mount;
        return closest;
    }

    const std::vector<Config::Mount>& mounts_;
    std::size_t staged_ = 0;
    std::string empty_directory_;  ///< one for all masks: a filesystem for each would take longer
    std::string empty_file_;
};

}  // namespace

void make_mounts(const Config& config) { Mounter(config).run(config.read_only_sys); }

void open_low_ports() {
    const base::Fd fd(::open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY | O_CLOEXEC));
    if (fd) (void)!::write(fd.get(), "0", 1);  // a kernel without IPv4 has no such ports
}

}  // namespace sandgraft::guest
