// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/fd.hpp"
#include "base/file.hpp"
#include "guest/mounts.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <string>

namespace sandgraft::guest {

namespace {

void write_map(const std::string& process, const char* file) {
    const std::string path = "/proc/" + process + "/" + file;
    const base::Fd fd = base::checked(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "cannot open '" + path + "'");
    base::write_all(fd.get(), "0 0 4294967295\n", path);  // one write(2), as user_namespaces(7) demands
}

/// The maps of a new user namespace that name more than the own id have to be written by a process outside it.
[[noreturn]] void write_maps_of_parent(int go) {
    try {
        char byte = 0;
        if (::read(go, &byte, 1) != 1) ::_exit(1);
        const std::string parent = std::to_string(::getppid());
        write_map(parent, "uid_map");
        write_map(parent, "gid_map");
        ::_exit(0);
    } catch (const Error&) {
        ::_exit(1);
    }
}

void unshare_with_users(int others) {
    auto [go_read, go_write] = base::make_pipe();
    const pid_t writer = ::fork();
    if (writer < 0) base::throw_errno("cannot fork");
    if (writer == 0) write_maps_of_parent(go_read.get());
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | others) < 0)
        base::throw_errno(
            "cannot create a user namespace (see the sysctls user.max_user_namespaces and "
            "kernel.unprivileged_userns_clone)");
    base::write_all(go_write.get(), "x", "the map writer's pipe");
    int status = 0;
    if (::waitpid(writer, &status, 0) < 0 || status != 0)
        throw Error(ErrorCode::denied, "cannot map the users of the sandbox's user namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
        base::throw_errno("cannot make the mounts private");
}

}  // namespace

void enter_user_namespace() { unshare_with_users(CLONE_NEWCGROUP); }

void enter_inner_user_namespace() { unshare_with_users(0); }

}  // namespace sandgraft::guest
