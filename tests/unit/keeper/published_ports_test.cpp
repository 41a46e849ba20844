// SPDX-License-Identifier: LGPL-2.1-or-later
// Ports that the keeper publishes, with a guest that the test plays.
#include "keeper_session.hpp"
#include "support/tcp.hpp"

using namespace sandgraft;
using test::frame_of;
using test::Received;
using test::Session;
using namespace wire;

namespace {

constexpr std::uint16_t first = most_processes + 1;

/// A session with one published port.
struct Published {
    Published() : Published(test::listen_at_loopback()) {}
    explicit Published(base::Fd listening)
        : port(base::local_port(listening.get())), session(test::impatient, {}, ports(listening)) {}

    static std::vector<PublishedPorts::Port> ports(base::Fd& listening) {
        std::vector<PublishedPorts::Port> out;
        out.push_back({std::move(listening), 80});
        return out;
    }

    /// A client, whose connection the guest has been asked for.
    base::Fd connect(std::uint16_t number = first) {
        base::Fd client = test::connect_to(port);
        REQUIRE(session.guest.receive() == frame_of(encode_connect(number, 80)));
        return client;
    }

    std::uint16_t port;
    Session session;
};

}  // namespace

TEST_CASE("who connects to a published port before the command's start waits for that") {
    Published published;
    const base::Fd early = test::connect_to(published.port);
    test::send(early, "early");
    published.session.started();
    auto& guest = published.session.guest;
    REQUIRE(guest.receive() == frame_of(encode_connect(first, 80)));
    guest.send(encode_empty(first, FrameType::ready) + encode_data(first, Stream::output, "answer"));
    CHECK(guest.receive() == frame_of(encode_data(first, Stream::input, "early")));
    CHECK(test::receive(early, 6) == "answer");
}

TEST_CASE("each direction of a connection ends by itself, and its number is free when both have") {
    Published published;
    published.session.started();
    auto& guest = published.session.guest;
    const base::Fd client = published.connect();
    guest.send(encode_empty(first, FrameType::ready));
    test::send_end(client);
    CHECK(guest.receive() == frame_of(encode_eof(first, Stream::input)));
    guest.send(encode_data(first, Stream::output, "late") + encode_eof(first, Stream::output) +
               encode_exited(first, {}, newest_version));
    CHECK(test::receive_all(client) == Received{"late", 0});
    const base::Fd next = published.connect();
    guest.send(encode_failed(first, "Connection refused"));
    CHECK(test::receive_all(next) == Received{"", ECONNRESET});
}

TEST_CASE("a client that does not read is sent no more than a window, and holds nobody up") {
    Published published;
    published.session.started();
    auto& guest = published.session.guest;
    const base::Fd deaf = published.connect();
    guest.send(encode_empty(first, FrameType::ready));
    std::size_t allowed = connection_window;
    const std::string piece(16384, 'x');
    for (;;) {  // until the kernel takes no more for it
        while (allowed >= piece.size()) {
            guest.send(encode_data(first, Stream::output, piece));
            allowed -= piece.size();
        }
        const auto credit = guest.receive(500);
        if (!credit) break;
        allowed += decode_credit(test::view(*credit));
    }
    published.session.check_alive();
    const base::Fd other = published.connect(first + 1);
    guest.send(encode_empty(first + 1, FrameType::ready) + encode_data(first + 1, Stream::output, "heard"));
    CHECK(test::receive(other, 5) == "heard");
}

TEST_CASE("nobody is let in any more when the command has ended, and what came is still given") {
    Published published;
    published.session.started();
    auto& guest = published.session.guest;
    const base::Fd client = published.connect();
    guest.send(encode_empty(first, FrameType::ready) + encode_data(first, Stream::output, "last") +
               encode_eof(first, Stream::output) + encode_exited(first, {}, newest_version));
    published.session.end(0);
    CHECK(test::receive_all(client) == Received{"last", 0});
    CHECK(guest.receive() == frame_of(encode_empty(0, FrameType::stop)));
    CHECK_THROWS_AS(test::connect_to(published.port), Error);
}

TEST_CASE("a guest that says of a connection what it may not say has ended its sandbox") {
    const std::string ready = encode_empty(first, FrameType::ready);
    struct {
        std::string said;
        int error = ECONNRESET;  ///< that the client sees
    } const rows[] = {
        {encode_empty(first + 1, FrameType::ready)},
        {encode_data(first, Stream::output, "early")},
        {ready + ready},
        {ready + encode_data(first, Stream::error, "which stream")},
        {ready + encode_data(first, Stream::output, std::string(connection_window + 1, 'x'))},
        {ready + encode_credit(first, Stream::input, 1)},
        {ready + encode_signal(first, 9)},
        {ready + encode_exited(first, {}, newest_version) + encode_eof(first, Stream::output), 0},
    };
    for (const auto& [said, error] : rows) {
        INFO(said.size() << " bytes, the last frame of type " << int(said[4]));
        Published published;
        published.session.started();
        const base::Fd client = published.connect();
        published.session.guest.send(said);
        const auto failure = published.session.starter.receive();
        REQUIRE(failure);
        CHECK(failure->type == FrameType::failed);
        CHECK_THAT(failure->payload, Catch::StartsWith("the sandbox's init misbehaves: "));
        CHECK(test::receive_all(client) == Received{"", error});
    }
}

TEST_CASE("an init that knows no connections is refused by name") {
    Published published;
    auto& guest = published.session.guest;
    auto& starter = published.session.starter;
    starter.send(encode(Hello{}) + encode_config("config"));
    guest.send(encode(Hello{.newest = exec_version}));
    REQUIRE(starter.receive()->type == FrameType::hello);
    CHECK(starter.receive() ==
          test::failed_frame(0, "the sandbox's init is of an older release, which publishes no ports"));
}
