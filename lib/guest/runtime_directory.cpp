// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/runtime_directory.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sandgraft::guest {

namespace {

/// A directory in another, made when it is missing; none where something else is, or is mounted.
base::Fd make_directory(const base::Fd& parent, const std::string& name, mode_t mode) {
    ::mkdirat(parent.get(), name.c_str(), mode);
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS;
    base::Fd made(static_cast<int>(::syscall(SYS_openat2, parent.get(), name.c_str(), &how, sizeof how)));
    if (made && ::fchmod(made.get(), mode) < 0) base::throw_errno("cannot change the mode of a directory in '/run'");
    return made;
}

bool is_directory(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

}  // namespace

std::string make_runtime_directory(const std::string& run, const User& user) {
    const std::string uid = std::to_string(user.uid);
    const base::Fd top = base::checked(::open(run.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "cannot open '/run'");
    if (const base::Fd users = make_directory(top, "user", 0755)) {
        const base::Fd own = make_directory(users, uid, 0700);
        if (own && ::fchown(own.get(), user.uid, user.gid) < 0)
            base::throw_errno("cannot give '/run/user/" + uid + "' to its user");
    }
    const std::string path = run + "/user/" + uid;
    return is_directory(path) ? path : std::string();
}

}  // namespace sandgraft::guest
