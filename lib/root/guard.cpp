// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-guard DIRECTORY: makes the directory, and takes it away with whatever is mounted on it when nobody has the
// other end of the pipe on descriptor 0 any more.
// sandgraft-guard PARENT NAME: the same of the directory of a kept sandbox, which is one of a name that anybody may
// want.
//
// sandgraft-guard: gives the terminal on descriptor 1 its mode back when nobody has the other end of the pipe on
// descriptor 0 any more, which told of its modes.
//
// sandgraft-guard SIGN WATCHMAN PROGRAM WORD...: when nobody has the other end of the pipe on descriptor 0 any more,
// waits until the file SIGN is gone. When it stays, or the file WATCHMAN was written anew, it becomes the program.
//
// The library starts it with all signals blocked, so that only SIGKILL ends it early. Of a directory it writes with
// what error it made it, as an int, to descriptor 1, and keeps that open as long as it lives.
#include "root/remove.hpp"
#include "root/terminal_modes.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <ctime>
#include <initializer_list>

namespace {

/// Nothing comes but the end.
void await_end() {
    char byte = 0;
    ssize_t n = 0;
    do n = ::read(0, &byte, 1);
    while (n > 0 || (n < 0 && errno == EINTR));
}

void answer(int error) { (void)!::write(1, &error, sizeof error); }

int guard_view(const char* directory) {
    const int error = ::mkdir(directory, 0700) < 0 ? errno : 0;
    answer(error);
    if (error != 0) return 1;
    await_end();
    sandgraft::root::remove_directory(directory);
    return 0;
}

/// The directory that kept sandboxes have theirs in: nobody else may have made it, or may make something in it.
int open_parent(const char* path) {
    if (::mkdir(path, 0711) < 0 && errno != EEXIST) return -1;
    const int parent = ::open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st {};
    if (parent < 0 || ::fstat(parent, &st) < 0) return -1;
    if (st.st_uid == ::geteuid() && (st.st_mode & 022) == 0) return parent;
    errno = EPERM;
    return -1;
}

bool is_at(int parent, const char* name, int directory) {
    struct stat here {};
    struct stat there {};
    return ::fstat(directory, &here) == 0 && ::fstatat(parent, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/// Whether a keeper can be spoken to in it.
bool is_listened_in(int directory) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = "socket"};
    if (::fchdir(directory) < 0) return false;
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool refused = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
                         (errno == ECONNREFUSED || errno == ENOENT);
    ::close(probe);
    return !refused;
}

/// What a keeper has left in its directory.
void empty(int directory) {
    for (const char* name : {"socket", "ports"}) ::unlinkat(directory, name, 0);
}

/// A guard and a keeper share the lock of their directory, so it can be had alone only where both are gone. A stale
/// directory is taken over; of two that want it, the one that loses the lock on the way to sharing it has lost.
/// @return 0: it is this process's now. EEXIST: somebody listens in it; EAGAIN: is about to, or has just done so.
int take(int parent, const char* name, int& directory) {
    if (::mkdirat(parent, name, 0700) < 0 && errno != EEXIST) return errno;
    directory = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) return errno == ENOENT ? EAGAIN : errno;
    if (::flock(directory, LOCK_EX | LOCK_NB) < 0) return is_listened_in(directory) ? EEXIST : EAGAIN;
    if (!is_at(parent, name, directory)) return EAGAIN;
    empty(directory);
    return ::flock(directory, LOCK_SH | LOCK_NB) == 0 ? 0 : EAGAIN;
}

/// Whoever has just ended, or has just started, is waited for: at most a second, and where one listens, who may be
/// ending too, 50 ms. Then the name counts as taken.
int take_in_time(int parent, const char* name, int& directory) {
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};
    for (int patience = 100; patience > 0;) {
        const int error = take(parent, name, directory);
        if (error != EAGAIN && error != EEXIST) return error;
        patience -= error == EEXIST ? 20 : 1;
        ::close(directory);
        ::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
    }
    return EEXIST;
}

int guard_kept(const char* path, const char* name) {
    const int parent = open_parent(path);
    int directory = -1;
    const int error = parent < 0 ? errno : take_in_time(parent, name, directory);
    answer(error);
    if (error != 0) return 1;
    (void)!::chdir("/");
    await_end();
    empty(directory);
    ::unlinkat(parent, name, AT_REMOVEDIR);
    return 0;
}

/// Only what libvirt has missed the end of stays longer, or what nobody can end.
bool is_gone_in_time(const char* sign) {
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 100'000'000};
    for (int patience = 50; patience > 0; --patience) {
        if (::access(sign, F_OK) < 0) return true;
        ::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
    }
    return false;
}

struct stat look_at(const char* file) {
    struct stat st {};
    ::stat(file, &st);
    return st;
}

bool is_same(const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

int guard_end(char** words) {
    const char* sign = words[0];
    const char* watchman = words[1];
    char** program = words + 2;
    const auto first = look_at(watchman);
    await_end();
    if (is_gone_in_time(sign) && is_same(first, look_at(watchman))) return 0;
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int stream = 0; stream < 3; ++stream) ::dup2(nothing, stream);
    ::execv(*program, program);
    return 1;
}

bool is_same(const termios& a, const termios& b) {
    return a.c_iflag == b.c_iflag && a.c_oflag == b.c_oflag && a.c_cflag == b.c_cflag && a.c_lflag == b.c_lflag;
}

/// A shell that gave the terminal a mode of its own meanwhile is left alone.
int guard_terminal() {
    sandgraft::root::TerminalModes told;
    ssize_t n = 0;
    do n = ::read(0, &told, sizeof told);
    while (n > 0 || (n < 0 && errno == EINTR));
    termios now{};
    if (told.raw && ::tcgetattr(1, &now) == 0 && is_same(now, told.while_raw)) ::tcsetattr(1, TCSANOW, &told.before);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    ::prctl(PR_SET_NAME, "sandgraft-guard");  // executed by its descriptor, it would be called by that number
    ::setsid();  // the terminal's signals, and those to the client's process group, are not for it
    ::close_range(2, ~0U, 0);
    ::umask(0);
    (void)!::chdir("/");
    if (argc < 2) return guard_terminal();
    if (argc == 2) return guard_view(argv[1]);
    return argc == 3 ? guard_kept(argv[1], argv[2]) : guard_end(argv + 1);
}
