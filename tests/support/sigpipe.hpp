// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csignal>

namespace sandgraft::test {

/// For tests of what is documented to need SIGPIPE out of the way.
struct IgnoreSigpipe {
    IgnoreSigpipe() : before(std::signal(SIGPIPE, SIG_IGN)) {}
    ~IgnoreSigpipe() { std::signal(SIGPIPE, before); }
    IgnoreSigpipe(const IgnoreSigpipe&) = delete;
    IgnoreSigpipe& operator=(const IgnoreSigpipe&) = delete;

    void (*before)(int);
};

}  // namespace sandgraft::test
