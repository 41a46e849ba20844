// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients and their processes, with a guest that the test plays.
#include "keeper_session.hpp"

using namespace sandgraft;
using test::exited_frame;
using test::failed_frame;
using test::frame_of;
using test::Peer;
using test::ReceivedFrame;
using test::Session;
using namespace wire;

TEST_CASE("each client's processes have its own numbers") {
    Session session;
    session.started();
    Peer first = session.connect();
    Peer second = session.connect();
    const auto a = session.start(first, 5);
    const auto b = session.start(second, 5);
    CHECK(a != b);
    session.guest.send(encode_data(a, Stream::output, "for the first") +
                       encode_data(b, Stream::error, "for the second") + encode_eof(a, Stream::output) +
                       encode_exited(a, {.value = 1}, newest_version));
    CHECK(first.receive() == frame_of(encode_data(5, Stream::output, "for the first")));
    CHECK(first.receive() == frame_of(encode_eof(5, Stream::output)));
    CHECK(first.receive() == exited_frame(5, 1));
    CHECK(second.receive() == frame_of(encode_data(5, Stream::error, "for the second")));
    second.send(encode_data(5, Stream::input, "typed") + encode_eof(5, Stream::input) +
                encode_credit(5, Stream::error, 14) + encode_window_size(5, {50, 132}) + encode_signal(5, 2) +
                encode_empty(5, FrameType::stop));
    CHECK(session.guest.receive() == frame_of(encode_data(b, Stream::input, "typed")));
    CHECK(session.guest.receive() == frame_of(encode_eof(b, Stream::input)));
    CHECK(session.guest.receive() == frame_of(encode_credit(b, Stream::error, 14)));
    CHECK(session.guest.receive() == frame_of(encode_window_size(b, {50, 132})));
    CHECK(session.guest.receive() == frame_of(encode_signal(b, 2)));
    CHECK(session.guest.receive() == frame_of(encode_empty(b, FrameType::stop)));
    const auto again = session.start(first, 5);
    session.guest.send(encode_failed(again, "no such user"));
    CHECK(first.receive() == failed_frame(5, "no such user"));
    session.start(first, 5);
}

TEST_CASE("frames for a process that has ended are ignored, whatever they say") {
    Session session;
    session.started();
    Peer client = session.connect();
    const auto process = session.start(client, 1);
    session.guest.send(encode_exited(process, {}, newest_version));
    CHECK(client.receive() == exited_frame(1, 0));
    client.send(encode_data(1, Stream::input, "late") + encode_signal(1, 9) + encode_empty(1, FrameType::stop) +
                encode_credit(2, Stream::output, 1));
    session.check_alive();
}

TEST_CASE("the processes of a client that goes away are ended, and nobody gets what they still say") {
    Session session;
    session.started();
    std::optional<Peer> client = session.connect();
    const auto process = session.start(*client, 1);
    client->send(std::string(encode_exec(2, std::string(200000, 'x')), 0, 140000));  // not whole
    client.reset();
    CHECK(session.guest.receive() == frame_of(encode_empty(process, FrameType::stop)));
    session.guest.send(encode_data(process, Stream::output, "under way") +
                       encode_exited(process, {.how = Exited::How::signal, .value = 9}, newest_version));
    session.check_alive();
}

TEST_CASE("a process can be started when the sandbox is set up, and not before") {
    Session session;
    session.starter.send(encode(Hello{}) + encode_exec(1, "exec") + encode_config("config"));
    REQUIRE(session.starter.receive()->type == FrameType::hello);
    CHECK(session.starter.receive() == failed_frame(1, "the sandbox has not been set up yet"));
    session.guest.send(encode(Hello{}));
    REQUIRE(session.guest.receive()->type == FrameType::hello);
    REQUIRE(session.guest.receive() == frame_of(encode_config("config")));
    session.guest.send(encode_empty(0, FrameType::configured));
    REQUIRE(session.starter.receive() == frame_of(encode_empty(0, FrameType::configured)));
    CHECK(session.start(session.starter, 2) == 1);
}

TEST_CASE("an exec is passed on when it has come whole, in whatever pieces") {
    Session session;
    session.started();
    Peer client = session.connect();
    const std::string large(300000, 'x');
    client.send(encode_exec(9, large));
    ConfigReceiver receiver;
    std::optional<std::string> config;
    std::uint16_t process = 0;
    while (!config) {
        const auto frame = session.guest.receive();
        REQUIRE(frame);
        REQUIRE(frame->type == FrameType::exec);
        process = frame->process;
        config = receiver.take(test::view(*frame));
    }
    CHECK(*config == large);
    session.guest.send(encode_exited(process, {.how = Exited::How::not_started, .value = 2}, newest_version));
    CHECK(client.receive() ==
          frame_of(encode_exited(9, {.how = Exited::How::not_started, .value = 2}, newest_version)));
}

TEST_CASE("there are 1024 processes, and the next gets an error") {
    Session session;
    session.started();
    Peer first = session.connect();
    Peer second = session.connect();
    std::uint16_t one = 0;
    for (std::uint16_t number = 1; number <= 512; ++number) {
        one = session.start(first, number);
        session.start(second, number);
    }
    second.send(encode_exec(513, std::string(200000, 'x')));
    CHECK(second.receive() == failed_frame(513, "the sandbox has 1024 processes beside its command already"));
    session.guest.send(encode_exited(one, {}, newest_version));
    CHECK(first.receive() == exited_frame(512, 0));
    CHECK(session.start(second, 513) == one);
}

TEST_CASE("an init that knows no processes is named as such") {
    Session session;
    session.started(1);
    Peer client = session.connect();
    client.send(encode_exec(1, "exec"));
    CHECK(client.receive() == failed_frame(1, "the sandbox's init is too old to start processes beside its command"));
    session.guest.send(encode_exited(0, {.value = 4}, 1));
    CHECK(client.receive() == exited_frame(0, 4));
}

TEST_CASE("every client is told how the command ended, then the guest is let go and the keeper ends") {
    Session session;
    session.started();
    Peer client = session.connect();
    session.end(7);
    CHECK(client.receive() == exited_frame(0, 7));
    CHECK(session.starter.receive() == exited_frame(0, 7));
    CHECK(session.guest.receive() == frame_of(encode_empty(0, FrameType::stop)));
    CHECK_FALSE(client.receive());
    CHECK_FALSE(session.guest.receive());
}

TEST_CASE("processes that the guest forgot end with the sandbox") {
    Session session;
    session.started();
    Peer client = session.connect();
    session.start(client, 3);
    session.end(7);
    CHECK(client.receive() == failed_frame(3, "the sandbox has ended"));
    CHECK(client.receive() == exited_frame(0, 7));
}

TEST_CASE("any client may signal the command, ask it to end, and end the sandbox") {
    Session session;
    session.started();
    session.starter.close();
    Peer client = session.connect();
    client.send(encode_signal(0, 10) + encode_window_size(0, {3, 4}) + encode_empty(0, FrameType::stop));
    CHECK(session.guest.receive() == frame_of(encode_signal(0, 10)));
    CHECK(session.guest.receive() == frame_of(encode_window_size(0, {3, 4})));
    CHECK(session.guest.receive() == frame_of(encode_empty(0, FrameType::stop)));
    Peer other = session.connect();
    other.send(encode_empty(0, FrameType::destroy));
    CHECK_FALSE(session.guest.receive());
    CHECK(client.receive() == failed_frame(0, "the sandbox ended before its command did"));
    CHECK(other.receive() == failed_frame(0, "the sandbox ended before its command did"));
}

TEST_CASE("as long as nobody else can know of the sandbox, it ends with its starter") {
    for (const bool configured : {false, true}) {
        Session session;
        session.starter.send(encode(Hello{}) + encode_config("config"));
        session.guest.send(encode(Hello{}));
        CHECK(session.guest.receive()->type == FrameType::hello);
        CHECK(session.guest.receive()->type == FrameType::config);
        CHECK(session.starter.receive()->type == FrameType::hello);
        if (configured) {
            session.guest.send(encode_empty(0, FrameType::configured));
            CHECK(session.starter.receive() == frame_of(encode_empty(0, FrameType::configured)));
        }
        session.starter.close();
        const auto next = session.guest.receive(configured ? 100 : 20000);
        CHECK_FALSE(next);
        if (configured) {
            session.guest.send(encode_empty(0, FrameType::ready));
            session.check_alive();
        }
    }
}

TEST_CASE("what the guest says of its failure is told to all, and so is its end") {
    Session session;
    session.started();
    Peer client = session.connect();
    SECTION("a failure") {
        session.guest.send(encode_failed(0, "no memory"));
        CHECK(client.receive() == failed_frame(0, "no memory"));
    }
    SECTION("the end of the channel") {
        session.guest.close();
        CHECK(client.receive() == failed_frame(0, "the sandbox ended before its command did"));
    }
    CHECK_FALSE(client.receive());
}

TEST_CASE("the starter alone is told of the start, and clients of the command's terminal") {
    Session session;
    session.started();
    Peer client = session.connect_silently();
    const auto hello = client.receive();
    REQUIRE(hello);
    CHECK(decode_hello(test::view(*hello)) == Hello{.oldest = 2, .newest = newest_version, .terminal = true});
    client.send(encode(Hello{}));
    CHECK_FALSE(client.receive(50));
}
