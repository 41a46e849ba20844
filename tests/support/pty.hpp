// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <fcntl.h>
#include <stdlib.h>

namespace sandgraft::test {

/// A pseudo terminal: what a program would have as its terminal, and the end that a terminal emulator holds.
struct Pty {
    Pty() {
        master = base::checked(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), "cannot open /dev/ptmx");
        if (::unlockpt(master.get()) < 0) base::throw_errno("cannot unlock a pseudo terminal");
        slave = base::checked(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC), "cannot open a terminal");
    }

    base::Fd master;
    base::Fd slave;
};

}  // namespace sandgraft::test
