// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/sigpipe.hpp"

#include <ctime>

namespace sandgraft::base {

namespace {

sigset_t only_sigpipe() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGPIPE);
    return set;
}

bool is_pending() {
    sigset_t set;
    ::sigpending(&set);
    return ::sigismember(&set, SIGPIPE) == 1;
}

}  // namespace

SigpipeBlock::SigpipeBlock() : was_pending_(is_pending()) {
    const sigset_t set = only_sigpipe();
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
}

SigpipeBlock::~SigpipeBlock() {
    const sigset_t set = only_sigpipe();
    const timespec now{};
    if (!was_pending_ && is_pending()) ::sigtimedwait(&set, nullptr, &now);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace sandgraft::base
