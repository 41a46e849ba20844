// SPDX-License-Identifier: LGPL-2.1-or-later
// What other threads may do with a relay, also while nobody relays. Built with -Db_sanitize=thread it shows more.
#include "support/error_of.hpp"
#include "unit/console/relay_session.hpp"

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

using namespace sandgraft;
using namespace sandgraft::test;
using namespace sandgraft::wire;
using namespace std::chrono_literals;
using How = Exited::How;

namespace {

/// What a thread may ask and send, until the command has ended.
void pester(CommandRelay& relay) {
    while (!relay.exited()) {
        relay.send_signal(10);
        relay.resize({24, 80});
        relay.ask_to_stop();
        std::this_thread::sleep_for(1ms);
    }
}

/// One thread waits in portions, as a main loop does, while another sends and asks.
Exited run_beside_another_thread(Session& session) {
    session.guest.send(hello + configured + ready);
    session.relay.configure({24, 80}, "orders");
    session.relay.await_setup(long_enough);
    std::thread other([&] { pester(session.relay); });
    std::thread guest([&] {
        for (int i = 0; i < 50; ++i) {
            session.guest.send(data(Stream::output, "text"));
            (void)session.guest.receive();
            std::this_thread::sleep_for(1ms);
        }
        session.guest.send(encode_eof(0, Stream::output) + encode_eof(0, Stream::error) +
                           encode_exited(0, Exited{How::status, 3}, newest_version));
    });
    std::optional<Exited> exited;
    while (!exited) exited = session.relay.run(2ms);
    other.join();
    guest.join();
    return *exited;
}

}  // namespace

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
    std::thread waiting([&] { session.relay.run(1000ms); });
    for (std::size_t i = 0; i < sent; ++i)
        REQUIRE(session.guest.receive() == ReceivedFrame{FrameType::signal, 0, "\x0A"});
    waiting.join();
    CHECK(error_of([&] { session.relay.send_signal(10); }) == "no error");
}

TEST_CASE("while one thread waits, another sends and asks for the end") {
    Session session;
    CHECK(run_beside_another_thread(session) == Exited{How::status, 3});
}

TEST_CASE("eight relays in eight threads do not meet") {
    std::vector<Exited> ends(8);
    std::vector<std::thread> threads;
    for (auto& end : ends)
        threads.emplace_back([&end] {
            Session session;
            end = run_beside_another_thread(session);
        });
    for (auto& thread : threads) thread.join();
    CHECK(ends == std::vector<Exited>(8, Exited{How::status, 3}));
}
