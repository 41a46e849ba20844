// SPDX-License-Identifier: LGPL-2.1-or-later
// Ports that the program of a sandbox publishes itself, with a guest that the test plays.
#include "relay_session.hpp"
#include "support/error_of.hpp"
#include "support/tcp.hpp"

#include <thread>

using namespace sandgraft;
using namespace sandgraft::wire;
using test::Received;
using test::Session;

namespace {

constexpr std::uint16_t first = most_processes + 1;

/// Of the command, which is given none.
const test::ReceivedFrame end_of_input{FrameType::eof, 0, ""};

std::vector<PublishedPorts::Port> only(base::Fd listening) {
    std::vector<PublishedPorts::Port> ports;
    ports.push_back({std::move(listening), 80});
    return ports;
}

}  // namespace

TEST_CASE("a relay lets connections in from the command's start to its end") {
    Session session;
    base::Fd listening = test::listen_at_loopback();
    const auto port = base::local_port(listening.get());
    session.begin("");
    session.relay.publish(only(std::move(listening)));
    const base::Fd client = test::connect_to(port);
    test::send(client, "question");
    CHECK_FALSE(session.relay.run(std::chrono::milliseconds(0)));
    CHECK_FALSE(session.guest.poll());
    session.guest.send(test::ready);
    CHECK_FALSE(session.relay.run(std::chrono::milliseconds(50)));
    REQUIRE(session.guest.receive() == end_of_input);
    std::thread waiting([&] { CHECK(session.relay.run(test::long_enough) == Exited{}); });
    const auto asked = session.guest.receive();
    REQUIRE(asked);
    CHECK(asked->type == FrameType::connect);
    CHECK(asked->process == first);
    session.guest.send(encode_empty(first, FrameType::ready) + encode_data(first, Stream::output, "answer") +
                       encode_eof(first, Stream::output));
    const auto question = session.guest.receive();
    REQUIRE(question);
    CHECK(question->payload == "question");
    CHECK(test::receive_all(client) == Received{"answer", 0});
    session.guest.send(encode_exited(first, {}, newest_version) + test::success);
    waiting.join();
    CHECK_THROWS_AS(test::connect_to(port), Error);
}

TEST_CASE("a program with an event loop learns from the descriptor that somebody connects") {
    Session session;
    base::Fd listening = test::listen_at_loopback();
    const auto port = base::local_port(listening.get());
    session.begin(test::ready);
    session.relay.publish(only(std::move(listening)));
    const auto is_due = [&](int patience) {
        pollfd entry{session.relay.descriptor(), POLLIN, 0};
        return ::poll(&entry, 1, patience) == 1;
    };
    while (is_due(200)) session.relay.dispatch();
    REQUIRE(session.guest.receive() == end_of_input);
    const base::Fd client = test::connect_to(port);
    REQUIRE(is_due(test::tcp_patience_ms));
    session.relay.dispatch();
    REQUIRE(session.guest.receive()->type == FrameType::connect);
    for (int i = 0; i < 5 && is_due(0); ++i) session.relay.dispatch();
    CHECK_FALSE(is_due(200));
}

TEST_CASE("a relay to an init that knows no connections publishes nothing") {
    Session session;
    session.guest.send(encode(Hello{.newest = exec_version}) + test::configured);
    session.relay.configure({24, 80}, "orders");
    session.relay.await_setup(test::long_enough);
    CHECK(test::error_of([&] { session.relay.publish(only(test::listen_at_loopback())); }) ==
          "the sandbox's init is of an older release, which publishes no ports");
}

TEST_CASE("the end of a session breaks connections off") {
    Session session;
    base::Fd listening = test::listen_at_loopback();
    const auto port = base::local_port(listening.get());
    session.begin(test::ready);
    session.relay.publish(only(std::move(listening)));
    const base::Fd client = test::connect_to(port);
    while (!session.guest.poll()) session.relay.dispatch();  // the end of input
    while (!session.guest.poll()) session.relay.dispatch();
    session.guest.close();
    CHECK_THROWS_AS(session.relay.run(test::long_enough), Error);
    CHECK(test::receive_all(client) == Received{"", ECONNRESET});
}
