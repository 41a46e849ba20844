// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/thread.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <pthread.h>
#include <csignal>

using namespace sandgraft;

namespace {

/// The signals that the calling thread does not take, of those that it could.
int blocked_signals() {
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    int count = 0;
    for (int number = 1; number < SIGRTMIN; ++number)
        if (::sigismember(&mask, number) == 1) ++count;
    return count;
}

/// While it lives a thread's stack is larger than any memory.
class NoThreads {
public:
    NoThreads() {
        ::pthread_attr_init(&changed_);
        ::pthread_getattr_default_np(&before_);
        ::pthread_attr_setstacksize(&changed_, std::size_t{1} << 50);
        REQUIRE(::pthread_setattr_default_np(&changed_) == 0);
    }
    ~NoThreads() {
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&changed_);
        ::pthread_attr_destroy(&before_);
    }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;

private:
    pthread_attr_t before_{};
    pthread_attr_t changed_{};
};

}  // namespace

TEST_CASE("a thread takes no signal, and its starter goes on taking them") {
    int inside = 0;
    base::start_thread([&] { inside = blocked_signals(); }).join();
    CHECK(inside == SIGRTMIN - 1 - 4);  // all but SIGKILL, SIGSTOP and the two that the C library keeps
    CHECK(blocked_signals() == 0);
    CHECK(base::run_apart(blocked_signals).get() == inside);
}

TEST_CASE("what an action throws apart comes out where its result is asked for") {
    auto result = base::run_apart([]() -> int { throw Error(ErrorCode::denied, "no"); });
    CHECK(test::error_of([&] { result.get(); }) == "no");
}

TEST_CASE("a thread that there cannot be is an error") {
    const NoThreads none;
    const std::string expected = "cannot start a thread: Resource temporarily unavailable";
    CHECK(test::error_of([] { base::start_thread([] {}).join(); }) == expected);
    CHECK(test::error_of([] { (void)base::run_apart([] {}); }) == expected);
    CHECK(blocked_signals() == 0);
}
