// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csignal>

namespace sandgraft::base {

/// Keeps SIGPIPE from the calling thread for its lifetime, also one that arose meanwhile: a library may not change
/// the signal's disposition for the whole process.
class SigpipeBlock {
public:
    SigpipeBlock();
    ~SigpipeBlock();
    SigpipeBlock(const SigpipeBlock&) = delete;
    SigpipeBlock& operator=(const SigpipeBlock&) = delete;

private:
    sigset_t before_;
    bool was_pending_;
};

}  // namespace sandgraft::base
