// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/mount_namespace.hpp"

#include "base/thread.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <cerrno>
#include <cstring>
#include <exception>
#include <string>

namespace sandgraft::root {

namespace {

/// Never not_found: a process that has gone is no missing file of the caller's.
Error failure(const std::string& what, int error) {
    const bool denied = error == EACCES || error == EPERM;
    return {denied ? ErrorCode::denied : ErrorCode::io, what + ": " + std::strerror(error)};
}

base::Fd open_namespace(const std::string& process) {
    base::Fd fd(::open(("/proc/" + process + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw failure("cannot look at the mount namespace of the process " + process, errno);
    return fd;
}

bool are_same(const base::Fd& one, const base::Fd& other) {
    struct stat a {};
    struct stat b {};
    if (::fstat(one.get(), &a) < 0 || ::fstat(other.get(), &b) < 0)
        throw failure("cannot compare mount namespaces", errno);
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

MountNamespace MountNamespace::of(pid_t process) {
    if (process <= 0) throw Error(ErrorCode::denied, "the process is in a PID namespace that cannot be seen from here");
    MountNamespace space;
    base::Fd its = open_namespace(std::to_string(process));
    if (are_same(its, open_namespace("thread-self"))) return space;
    space.other_ = std::make_shared<const base::Fd>(std::move(its));
    space.run([] {});
    return space;
}

void MountNamespace::run(const std::function<void()>& action) const {
    if (!other_) return action();
    std::exception_ptr thrown;
    std::thread thread = base::start_thread([&] {
        try {
            enter();
            action();
        } catch (...) {
            thrown = std::current_exception();
        }
    });
    thread.join();
    if (thrown) std::rethrow_exception(thrown);
}

/// A thread has its working directory and root in common with the others until it gives that up.
void MountNamespace::enter() const {
    if (::unshare(CLONE_FS) < 0 || ::setns(other_->get(), CLONE_NEWNS) < 0)
        throw failure("cannot enter another mount namespace", errno);
}

}  // namespace sandgraft::root
