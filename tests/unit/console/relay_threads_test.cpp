// SPDX-License-Identifier: LGPL-2.1-or-later
// What other threads may do with a relay, also while nobody is in run(). Built with -Db_sanitize=thread it shows more.
#include "support/error_of.hpp"
#include "unit/console/relay_session.hpp"

#include <thread>

using namespace sandgraft;
using namespace sandgraft::test;
using namespace sandgraft::wire;

TEST_CASE("what is sent while nobody waits goes out at once") {
    Session session;
    session.begin(ready);
    session.relay.send_signal(15);
    CHECK(session.guest.poll() == ReceivedFrame{FrameType::signal, 0, "\x0F"});
    session.relay.resize({1, 2});
    CHECK(session.guest.poll() == ReceivedFrame{FrameType::window_size, 0, std::string("\1\0\2\0", 4)});
    session.relay.ask_to_stop();
    CHECK(session.guest.poll() == stop_received);
}

TEST_CASE("a guest that takes nothing costs no more than some memory, and is told of") {
    Session session;
    session.begin(ready);
    std::size_t sent = 0;
    const auto send_many = [&] {
        for (; sent < 1'000'000; ++sent) session.relay.send_signal(10);
    };
    CHECK(error_of(send_many) == "the sandbox does not take the signals and sizes that are sent to it");
    CHECK(sent > 10'000);
    std::thread waiting([&] { session.relay.run(1000); });
    for (std::size_t i = 0; i < sent; ++i)
        REQUIRE(session.guest.receive() == ReceivedFrame{FrameType::signal, 0, "\x0A"});
    waiting.join();
    CHECK(error_of([&] { session.relay.send_signal(10); }) == "no error");
}
