// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/preflight.hpp"

#include "base/fd.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <optional>

namespace sandgraft::session {

namespace {

using base::quote;

/// The directories that a root must have, since the hypervisor mounts on them.
constexpr const char* needed_directories[] = {"/dev", "/proc", "/run", "/sys", "/tmp"};

bool is_below(const std::string& path, const std::string& parent) {
    return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '/';
}

/// What a path is in a directory taken as the root, symlinks resolved beneath it.
std::optional<struct stat> examine(const std::string& root, const std::string& path) {
    const base::Fd directory = base::checked(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                                             "cannot open the directory " + quote(root));
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    const base::Fd fd(static_cast<int>(::syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how)));
    struct stat st {};
    if (fd && ::fstat(fd.get(), &st) == 0) return st;
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
    base::throw_errno("cannot examine " + quote(path) + " below " + quote(root));
}

bool is_directory(const struct stat& st) { return S_ISDIR(st.st_mode); }

struct stat check_source(const Mount& mount, const HostBind& source) {
    struct stat st {};
    if (::stat(source.path.c_str(), &st) == 0) return st;
    base::throw_errno("the source " + quote(source.path) + " of the mount at " + quote(mount.target));
}

/// The mount or, failing that, the root that a target lies in, if it is a directory of the host: its path there and
/// the target's path in it. Nothing for a target in memory, where the hypervisor creates what is missing.
std::optional<std::pair<std::string, std::string>> host_place(const Sandbox& sandbox, const Mount& mount) {
    const Mount* closest = nullptr;
    for (const auto& other : sandbox.mounts)
        if (is_below(mount.target, other.target) && (!closest || is_below(other.target, closest->target)))
            closest = &other;
    if (!closest) {
        if (is_below(mount.target, "/run") || is_below(mount.target, "/tmp")) return std::nullopt;
        return std::pair{sandbox.root, mount.target};
    }
    if (const auto* bind = std::get_if<HostBind>(&closest->source))
        return std::pair{bind->path, mount.target.substr(closest->target.size())};
    return std::nullopt;
}

void check_target(const Sandbox& sandbox, const Mount& mount, bool directory) {
    const auto place = host_place(sandbox, mount);
    if (!place) return;
    const auto st = examine(place->first, place->second);
    if (!st)
        throw Error(ErrorCode::not_found, "the mount target " + quote(mount.target) + " does not exist below " +
                                              quote(place->first) + ", and nothing is created on the host");
    if (is_directory(*st) != directory)
        throw Error(ErrorCode::invalid,
                    "the mount target " + quote(mount.target) + " is " +
                        (directory ? "no directory, but its source is" : "a directory, but its source is none"));
}

void check_mount(const Sandbox& sandbox, const Mount& mount) {
    if (const auto* bind = std::get_if<HostBind>(&mount.source))
        check_target(sandbox, mount, is_directory(check_source(mount, *bind)));
    else if (std::holds_alternative<Ram>(mount.source))
        check_target(sandbox, mount, true);
}

}  // namespace

void check_host_paths(const Sandbox& sandbox, const Capabilities& capabilities) {
    if (::access(capabilities.init.c_str(), X_OK) < 0)
        base::throw_errno("sandgraft-init at " + quote(capabilities.init) +
                          " (the environment variable SANDGRAFT_INIT can name another place)");
    for (const char* path : needed_directories) {
        const auto st = examine(sandbox.root, path);
        if (!st || !is_directory(*st))
            throw Error(ErrorCode::not_found, "the root " + quote(sandbox.root) + " has no directory " + quote(path) +
                                                  ", which every sandbox needs");
    }
    for (const auto& mount : sandbox.mounts) check_mount(sandbox, mount);
}

}  // namespace sandgraft::session
