// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/link.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/pty.hpp"
#include "support/streams.hpp"

#include <poll.h>
#include <sys/socket.h>

using namespace sandgraft;
using namespace sandgraft::wire;
using test::Channel;

namespace {

std::string data(std::size_t size, char fill = 'x') {
    return encode(Frame{FrameType::data, 1, 0, std::string(size, fill)});
}

}  // namespace

TEST_CASE("a link without anything to read is neither at its end nor waiting") {
    Channel channel;
    CHECK(channel.link.read());
    CHECK_FALSE(channel.link.next());
    CHECK(channel.link.idle());
    CHECK(channel.link.wanted() == POLLIN);
}

TEST_CASE("frames arrive in pieces") {
    Channel channel;
    const std::string bytes = data(5, 'a') + data(0) + data(3, 'b');
    std::vector<std::string> payloads;
    for (const char byte : bytes) {
        channel.peer.send({&byte, 1});
        REQUIRE(channel.link.read());
        while (const auto frame = channel.link.next()) payloads.emplace_back(frame->payload);
    }
    CHECK(payloads == std::vector<std::string>{"aaaaa", "", "bbb"});
}

TEST_CASE("what a slow peer does not take is kept, and goes out in order") {
    Channel channel;
    std::size_t sent = 0;
    while (channel.link.idle() && sent < 1000)
        channel.link.send(data(max_payload, static_cast<char>('a' + sent++ % 26)));
    REQUIRE(sent < 1000);
    channel.link.send(data(1, '!'));
    CHECK(channel.link.wanted() == (POLLIN | POLLOUT));
    for (std::size_t i = 0; i < sent; ++i) {
        std::optional<test::ReceivedFrame> frame;
        while (!(frame = channel.peer.poll())) channel.link.flush();
        REQUIRE(frame->payload == std::string(max_payload, static_cast<char>('a' + i % 26)));
    }
    channel.link.flush();
    CHECK(channel.peer.poll()->payload == "!");
    CHECK(channel.link.idle());
    CHECK(channel.link.wanted() == POLLIN);
}

TEST_CASE("what a peer sent before it went away is still read, and sending to it is no error") {
    Channel channel;
    channel.peer.send(data(3));
    channel.peer.close();
    channel.link.send(data(max_payload));
    channel.link.send(data(1));
    CHECK(channel.link.idle());
    REQUIRE(channel.link.read());
    CHECK(channel.link.next()->payload == "xxx");
    CHECK_FALSE(channel.link.read());
}

TEST_CASE("what was kept for a peer is dropped when it goes away") {
    Channel channel;
    while (channel.link.idle()) channel.link.send(data(max_payload));
    channel.peer.close();
    channel.link.flush();
    CHECK(channel.link.idle());
    // The peer left data unread: the socket answers ECONNRESET.
    CHECK_FALSE(channel.link.read());
}

TEST_CASE("a terminal whose other end is closed is at its end") {
    test::Pty pty;
    Link link(std::move(pty.master));
    CHECK(link.read());
    pty.slave.reset();
    CHECK_FALSE(link.read());
}

TEST_CASE("a descriptor that cannot be read is an error") {
    auto pipe = base::make_pipe();
    Link link(std::move(pipe[1]));
    CHECK(test::error_of([&] { link.read(); }) == "cannot read the sandbox's channel: Bad file descriptor");
}
