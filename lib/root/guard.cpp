// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-guard DIRECTORY: makes the directory, and takes it away when the process at the other end of the socket on
// descriptor 0 says so or has ended. root::Guardian starts it, with all signals blocked, so that only SIGKILL ends it
// early.
//
// It says with what error it made the directory, as an int, and waits for a byte: the release.
#include "root/remove.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <ctime>

namespace {

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

/// Whether the other side has released the directory, rather than just ended.
bool await_release() {
    char byte = 0;
    ssize_t n = 0;
    do n = ::read(0, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const char* directory = argv[1];
    ::setsid();  // the terminal's signals, and those to the client's process group, are not for it
    ::close_range(1, ~0U, 0);
    (void)!::chdir("/");
    const int error = ::mkdir(directory, 0700) < 0 ? errno : 0;
    ::send(0, &error, sizeof error, MSG_NOSIGNAL);
    if (error != 0) return 1;
    const bool released = await_release();
    sandgraft::root::remove_directory(directory);
    if (!released) remove_remains(directory);
    return 0;
}
