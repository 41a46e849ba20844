// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/sigpipe.hpp"

#include "base/fd.hpp"
#include "support/catch.hpp"

#include <unistd.h>
#include <ctime>

using namespace sandgraft;

TEST_CASE("SIGPIPE does not come while it is blocked, nor afterwards") {
    auto pipe = base::make_pipe();
    pipe[0].reset();
    REQUIRE(std::signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    {
        const base::SigpipeBlock outer;
        const base::SigpipeBlock inner;
        CHECK(::write(pipe[1].get(), "x", 1) < 0);
    }
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    CHECK(::sigismember(&mask, SIGPIPE) == 0);
}

TEST_CASE("a SIGPIPE that was pending before stays pending") {
    sigset_t pipe_only;
    ::sigemptyset(&pipe_only);
    ::sigaddset(&pipe_only, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_only, nullptr);
    ::pthread_kill(::pthread_self(), SIGPIPE);
    { const base::SigpipeBlock block; }
    const timespec now{};
    CHECK(::sigtimedwait(&pipe_only, nullptr, &now) == SIGPIPE);
    ::pthread_sigmask(SIG_UNBLOCK, &pipe_only, nullptr);
}
