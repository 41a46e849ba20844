// SPDX-License-Identifier: LGPL-2.1-or-later
// To be run as root, as supervise_test.cpp.
#include "guest/init_process.hpp"
#include "support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <variant>

using namespace sandgraft;
using test::becomes;

TEST_CASE("a start that takes its time is waited for by nobody") {
    const guest::Starter starter;
    const auto slow = starter.with_pipes([]() -> guest::ProcessSpec {
        ::pause();
        return {};
    });
    const auto fast = starter.with_pipes([] { return test::spec_of({"true"}); });
    CHECK(becomes([&] { return std::holds_alternative<guest::Running>(guest::progress(fast.start)); }));
    CHECK(std::holds_alternative<guest::Starting>(guest::progress(slow.start)));
    char byte = 0;
    CHECK(becomes([&] { return ::read(fast.output.get(), &byte, 1) == 0; }));  // the slow one holds no end of it
    ::kill(slow.pid, SIGKILL);
    for (const pid_t pid : {slow.pid, fast.pid}) CHECK(::waitpid(pid, nullptr, 0) == pid);
}
