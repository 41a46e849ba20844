// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/runtime_directory.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cstdint>
#include <optional>

namespace sandgraft::guest {

namespace {

/// The kernel's number of the mount that a path is on; its filesystem is not asked.
std::optional<std::uint64_t> mount_id(int directory, const std::string& path) {
    struct statx st {};
    const int flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    if (::statx(directory, path.c_str(), flags, STATX_MNT_ID, &st) < 0) return std::nullopt;
    return st.stx_mnt_id;
}

using Grafts = std::vector<std::optional<std::uint64_t>>;

/// Those of the configuration. libvirt may have made others, which are Sandgraft's own: for the directory above a
/// target.
Grafts grafts_of(const std::vector<wire::GuestConfig::Mount>& mounts) {
    Grafts grafts;
    for (const auto& mount : mounts)
        if (const auto id = mount_id(AT_FDCWD, mount.target)) grafts.push_back(id);
    return grafts;
}

/// A directory in another, made when it is missing; none where something else is, or a graft.
base::Fd make_directory(const base::Fd& parent, const std::string& name, mode_t mode, const Grafts& grafts) {
    ::mkdirat(parent.get(), name.c_str(), mode);
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    base::Fd made(static_cast<int>(::syscall(SYS_openat2, parent.get(), name.c_str(), &how, sizeof how)));
    if (!made || std::find(grafts.begin(), grafts.end(), mount_id(made.get(), "")) != grafts.end()) return {};
    if (::fchmodat(parent.get(), name.c_str(), mode, 0) < 0)
        base::throw_errno("cannot change the mode of a directory in '/run'");
    return made;
}

bool is_directory(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

}  // namespace

std::string make_runtime_directory(const std::string& run, const User& user,
                                   const std::vector<wire::GuestConfig::Mount>& mounts) {
    const Grafts grafts = grafts_of(mounts);
    const std::string uid = std::to_string(user.uid);
    const base::Fd top = base::checked(::open(run.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "cannot open '/run'");
    if (const base::Fd users = make_directory(top, "user", 0755, grafts)) {
        const base::Fd own = make_directory(users, uid, 0700, grafts);
        if (own && ::fchownat(own.get(), "", user.uid, user.gid, AT_EMPTY_PATH) < 0)
            base::throw_errno("cannot give '/run/user/" + uid + "' to its user");
    }
    const std::string path = run + "/user/" + uid;
    return is_directory(path) ? path : std::string();
}

}  // namespace sandgraft::guest
