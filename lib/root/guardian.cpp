// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/guardian.hpp"

#include "base/random.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace sandgraft::root {

namespace {

void remove(const char* directory) {
    ::umount2(directory, MNT_DETACH | UMOUNT_NOFOLLOW);
    ::rmdir(directory);
}

/// Somebody who was about to use the directory may make parts of it anew: libvirt creates the root of a container
/// that it is just starting, and a directory in it.
void remove_remains(const char* directory) {
    constexpr int times = 50;
    constexpr timespec pause{0, 100'000'000};
    for (int i = 0; i < times; ++i) {
        ::nanosleep(&pause, nullptr);
        if (::chdir(directory) < 0) continue;
        ::unlinkat(AT_FDCWD, "view/.oldroot", AT_REMOVEDIR);
        ::unlinkat(AT_FDCWD, "view", AT_REMOVEDIR);
        (void)!::chdir("/");
        ::rmdir(directory);
    }
}

/// Makes the directory, says with what error, and waits for the end of the other side.
/// Runs in the copy of a process that may have had threads: only async-signal-safe calls, signal-safety(7).
[[noreturn]] void guard(const char* directory, int lifeline) {
    ::setsid();  // the terminal's signals are not for it
    ::prctl(PR_SET_NAME, "sandgraft-guard", 0, 0, 0);
    if (lifeline != 0) ::dup2(lifeline, 0);
    ::close_range(1, ~0U, 0);
    const int error = ::mkdir(directory, 0700) < 0 ? errno : 0;
    ::send(0, &error, sizeof error, MSG_NOSIGNAL);
    if (error != 0) ::_exit(1);
    char byte = 0;
    ssize_t n = 0;
    do n = ::read(0, &byte, 1);
    while (n < 0 && errno == EINTR);
    if (n <= 0) {
        remove(directory);
        remove_remains(directory);
    }
    ::_exit(0);
}

/// fork(2) without SIGCHLD: the program's own handling of its children shall not see this one.
pid_t fork_silently() { return static_cast<pid_t>(::syscall(SYS_clone, 0L, nullptr, nullptr, nullptr, nullptr)); }

}  // namespace

Guardian::Guardian() : directory_("/run/sandgraft-" + base::random_hex(8)) {
    auto [read_end, write_end] = base::make_socket_pair();
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    process_ = fork_silently();
    if (process_ == 0) guard(directory_.c_str(), read_end.get());
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const std::string what = "cannot create the directory " + base::quote(directory_) + " for a view of the root";
    if (process_ < 0) base::throw_errno(what);
    read_end.reset();
    lifeline_ = std::move(write_end);
    int error = ECONNRESET;  // where somebody killed it
    while (::recv(lifeline_.get(), &error, sizeof error, 0) < 0 && errno == EINTR) {
    }
    if (error == 0) return;
    join();
    base::throw_errno(what, error);
}

Guardian::~Guardian() {
    remove(directory_.c_str());
    ::send(lifeline_.get(), "x", 1, MSG_NOSIGNAL);  // somebody may have killed it
    join();
}

void Guardian::join() const {
    while (::waitpid(process_, nullptr, static_cast<int>(__WCLONE)) < 0 && errno == EINTR) {
    }
}

}  // namespace sandgraft::root
