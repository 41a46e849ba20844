// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csignal>

namespace sandgraft::base {

/// While it lives, this thread takes no signal, nor do the threads and processes that it starts meanwhile: signals are
/// for the program's own threads.
class BlockedSignals {
public:
    BlockedSignals() noexcept {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

private:
    sigset_t before_{};
};

}  // namespace sandgraft::base
