// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-guard DIRECTORY: makes the directory, and takes it away when nobody has the other end of the pipe on
// descriptor 0 any more. root::Guardian starts it, with all signals blocked, so that only SIGKILL ends it early.
//
// It writes with what error it made the directory, as an int, to descriptor 1, and keeps that open as long as it lives.
#include "root/remove.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace {

/// Nothing comes but the end.
void await_end() {
    char byte = 0;
    ssize_t n = 0;
    do n = ::read(0, &byte, 1);
    while (n > 0 || (n < 0 && errno == EINTR));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const char* directory = argv[1];
    ::prctl(PR_SET_NAME, "sandgraft-guard");  // executed by its descriptor, it would be called by that number
    ::setsid();  // the terminal's signals, and those to the client's process group, are not for it
    ::close_range(2, ~0U, 0);
    (void)!::chdir("/");
    const int error = ::mkdir(directory, 0700) < 0 ? errno : 0;
    (void)!::write(1, &error, sizeof error);
    if (error != 0) return 1;
    await_end();
    sandgraft::root::remove_directory(directory);
    return 0;
}
