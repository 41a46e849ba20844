// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/leftovers.hpp"

#include "support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

using namespace sandgraft;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds long_time{30};

/// How long a process takes that has something to finish later, and ends at once.
Clock::duration lifetime(const std::function<void()>& action) {
    const auto start = Clock::now();
    const pid_t process = ::fork();
    if (process == 0) {
        virt::finish_later(action);
        std::exit(3);
    }
    int status = 0;
    REQUIRE(::waitpid(process, &status, 0) == process);
    CHECK(WEXITSTATUS(status) == 3);
    return Clock::now() - start;
}

/// How long a child of this process takes to end, the fastest of many.
Clock::duration lifetime_of_child() {
    auto shortest = Clock::duration::max();
    for (int tries = 0; tries < 50; ++tries) {
        const auto start = Clock::now();
        if (::fork() == 0) std::exit(0);
        ::wait(nullptr);
        shortest = std::min(shortest, Clock::now() - start);
    }
    return shortest;
}

}  // namespace

TEST_CASE("the end of a process waits for what is finished soon") {
    CHECK(lifetime([] { std::this_thread::sleep_for(20ms); }) >= 20ms);
}

TEST_CASE("the end of a process leaves what is not") {
    const auto time = lifetime([] { std::this_thread::sleep_for(long_time); });
    CHECK(time >= 50ms);
    CHECK(time < long_time / 2);
}

TEST_CASE("a child made by fork does not wait for what its parent has to finish") {
    const pid_t process = ::fork();
    if (process == 0) {
        virt::finish_later([] { std::this_thread::sleep_for(long_time); });
        ::_exit(lifetime_of_child() < 50ms ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(process, &status, 0) == process);
    CHECK(status == 0);
}
