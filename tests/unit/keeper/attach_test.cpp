// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients that are attached to the command.
#include "keeper_session.hpp"

using namespace sandgraft;
using test::exited_frame;
using test::failed_frame;
using test::frame_of;
using test::Peer;
using test::Session;
using namespace wire;

namespace {

/// What a client is sent of the command, up to a frame that is no data.
struct Output {
    std::string output;
    std::string error;
    std::optional<test::ReceivedFrame> next;
};

/// @param grants  credit for all that comes.
Output read_output(Peer& client, bool grants = true) {
    Output seen;
    while ((seen.next = client.receive()) && seen.next->type == FrameType::data) {
        const auto stream = static_cast<Stream>(seen.next->stream);
        (stream == Stream::output ? seen.output : seen.error) += seen.next->payload;
        if (grants)
            client.send(
                encode_credit(seen.next->process, stream, static_cast<std::uint32_t>(seen.next->payload.size())));
    }
    return seen;
}

/// Sends output as a guest does, which waits for credit.
void send_output(Peer& guest, std::size_t bytes, char letter) {
    std::size_t allowed = stream_window;
    while (bytes > 0) {
        if (allowed == 0) {
            const auto frame = guest.receive();
            REQUIRE(frame);
            REQUIRE(frame->type == FrameType::credit);
            allowed += decode_credit(test::view(*frame));
        }
        const std::size_t piece = std::min({bytes, allowed, max_payload});
        guest.send(encode_data(0, Stream::output, std::string(piece, letter)));
        allowed -= piece;
        bytes -= piece;
    }
}

}  // namespace

TEST_CASE("what is kept can be had at any time, and what comes after it too") {
    Session session;
    session.started();
    session.guest.send(encode_data(0, Stream::output, "one ") + encode_data(0, Stream::error, "two "));
    Peer logs = session.connect();
    Peer follower = session.connect();
    Peer late = session.connect();
    ::usleep(50000);
    session.attach(logs, 4, {.kept = true});
    const auto kept = read_output(logs);
    CHECK(kept.output == "one ");
    CHECK(kept.error == "two ");
    CHECK(kept.next == frame_of(encode_eof(4, Stream::output)));
    CHECK(logs.receive() == frame_of(encode_eof(4, Stream::error)));
    CHECK(logs.receive() == exited_frame(4, 0));
    session.attach(follower, 1, {.kept = true, .live = true});
    session.attach(late, 1, {.live = true});
    session.guest.send(encode_data(0, Stream::output, "three") + encode_eof(0, Stream::output));
    CHECK(read_output(follower).output == "one three");
    CHECK(read_output(late).output == "three");
    session.end(5);
    CHECK(follower.receive() == frame_of(encode_eof(1, Stream::error)));  // as of a terminal: its end is not told
    CHECK(follower.receive() == exited_frame(1, 5));
    CHECK(follower.receive() == exited_frame(0, 5));
}

TEST_CASE("without anybody attached the command is not held up, and its last output is kept") {
    Session session;
    session.started();
    send_output(session.guest, 8 * 1024 * 1024, 'o');
    session.guest.send(encode_data(0, Stream::output, std::string(1000, 'n')));
    ::usleep(50000);
    Peer client = session.connect();
    session.attach(client, 1, {.kept = true});
    auto all = read_output(client);
    CHECK(all.next == frame_of(encode_eof(1, Stream::error)));  // there was nothing of it
    const auto seen = all.output + read_output(client).output;
    CHECK(seen.size() > keeper::KeptOutput::most - max_payload - 100);
    CHECK(seen.size() <= keeper::KeptOutput::most);
    CHECK(seen.substr(seen.size() - 1001) == "o" + std::string(1000, 'n'));
}

TEST_CASE("all attached get all, and one that does not read holds the command up, until it goes") {
    Session session;
    session.started();
    Peer quick = session.connect();
    std::optional<Peer> slow = session.connect();
    session.attach(quick, 1, {.live = true});
    session.attach(*slow, 1, {.live = true});
    std::string seen;
    std::thread reader([&] {
        while (seen.size() < 4 * stream_window) {
            const auto frame = quick.receive();
            if (!frame || frame->type != FrameType::data) return;
            seen += frame->payload;
            quick.send(encode_credit(1, Stream::output, static_cast<std::uint32_t>(frame->payload.size())));
        }
    });
    send_output(session.guest, stream_window, 'a');
    CHECK_FALSE(session.guest.receive(100));  // no credit
    slow.reset();
    const auto credit = session.guest.receive();
    REQUIRE(credit);
    CHECK(decode_credit(test::view(*credit)) == stream_window);
    send_output(session.guest, 3 * stream_window, 'b');
    reader.join();
    CHECK(seen == std::string(stream_window, 'a') + std::string(3 * stream_window, 'b'));
}

TEST_CASE("a stream that is not read does not hold up the other one") {
    Session session;
    session.started();
    Peer client = session.connect();
    session.attach(client, 1, {.live = true});
    std::string flood;
    for (int i = 0; i < 4; ++i) flood += encode_data(0, Stream::error, std::string(max_payload, 'e'));
    std::thread sender([&] {
        session.guest.send(flood);
        send_output(session.guest, 4 * stream_window, 'o');
        session.guest.send(encode_eof(0, Stream::output));
    });
    std::size_t output = 0;
    std::size_t error = 0;
    std::optional<test::ReceivedFrame> frame;
    while ((frame = client.receive()) && frame->type == FrameType::data) {
        (frame->stream == 1 ? output : error) += frame->payload.size();
        if (frame->stream == 1)
            client.send(encode_credit(1, Stream::output, static_cast<std::uint32_t>(frame->payload.size())));
    }
    sender.join();
    CHECK(output == 4 * stream_window);
    CHECK(error == stream_window);
    CHECK(frame == frame_of(encode_eof(1, Stream::output)));
}

TEST_CASE("a client that can have no more of a stream holds up nobody, and the command is not told") {
    Session session;
    session.started();
    Peer client = session.connect();
    session.attach(client, 1, {.live = true});
    client.send(encode_eof(1, Stream::output));
    ::usleep(50000);
    send_output(session.guest, 4 * stream_window, 'o');
    session.end(0);
    CHECK(client.receive() == frame_of(encode_eof(1, Stream::error)));
    CHECK(client.receive() == exited_frame(1, 0));
}

TEST_CASE("one client at a time has the command's input, which stays open for the next") {
    Session session;
    session.started();
    Peer first = session.connect();
    Peer second = session.connect();
    session.attach(first, 1, {.live = true, .input = true});
    second.send(encode_attach(2, {.live = true, .input = true}));
    CHECK(second.receive() == failed_frame(2, "another client has the command's input"));
    first.send(encode_data(1, Stream::input, "one") + encode_signal(1, 2) + encode_window_size(1, {1, 2}) +
               encode_empty(1, FrameType::stop));
    CHECK(session.guest.receive() == frame_of(encode_data(0, Stream::input, "one")));
    CHECK(session.guest.receive() == frame_of(encode_signal(0, 2)));
    CHECK(session.guest.receive() == frame_of(encode_window_size(0, {1, 2})));
    CHECK(first.receive() == exited_frame(1, 0));
    session.attach(second, 2, {.input = true});
    CHECK(second.receive() == frame_of(encode_eof(2, Stream::output)));  // it wants none
    CHECK(second.receive() == frame_of(encode_eof(2, Stream::error)));
    second.send(encode_data(2, Stream::input, "two") + encode_eof(2, Stream::input));
    CHECK(session.guest.receive() == frame_of(encode_data(0, Stream::input, "two")));
    CHECK(session.guest.receive() == frame_of(encode_eof(0, Stream::input)));
    second.close();
    ::usleep(50000);
    session.attach(first, 1, {.live = true, .input = true});
    CHECK(first.receive() == frame_of(encode_eof(1, Stream::input)));  // has ended for all
    session.end(1);
    CHECK(first.receive() == frame_of(encode_eof(1, Stream::output)));
}

TEST_CASE("input that comes before the sandbox is described waits for that") {
    Session session;
    session.starter.send(encode(Hello{}) + encode_attach(1, {.live = true, .input = true}) +
                         encode_data(1, Stream::input, "early") + encode_eof(1, Stream::input));
    CHECK(session.guest.receive()->type == FrameType::hello);
    CHECK_FALSE(session.guest.receive(50));
    session.starter.send(encode_config("config"));
    CHECK(session.guest.receive()->type == FrameType::config);
    CHECK(session.guest.receive() == frame_of(encode_data(0, Stream::input, "early")));
    CHECK(session.guest.receive() == frame_of(encode_eof(0, Stream::input)));
}

TEST_CASE("the starter knows that the sandbox is set up before it gets what the command wrote") {
    Session session;
    session.starter.send(encode(Hello{}) + encode_attach(1, {.live = true}) + encode_config("config"));
    CHECK(session.starter.receive()->type == FrameType::hello);
    CHECK(session.starter.receive() == frame_of(encode_empty(1, FrameType::ready)));
    session.guest.send(encode(Hello{}) + encode_empty(0, FrameType::configured) + encode_empty(0, FrameType::ready) +
                       encode_data(0, Stream::output, "at once"));
    CHECK(session.starter.receive() == frame_of(encode_empty(0, FrameType::configured)));
    CHECK(session.starter.receive() == frame_of(encode_empty(0, FrameType::ready)));
    CHECK(session.starter.receive() == frame_of(encode_data(1, Stream::output, "at once")));
}

TEST_CASE("a new holder of the input has a window of its own, and the guest never gets more than it granted") {
    Session session;
    session.started();
    std::string flood;
    for (int i = 0; i < 4; ++i) flood += encode_data(1, Stream::input, std::string(max_payload, 'i'));
    std::optional<Peer> first = session.connect();
    session.attach(*first, 1, {.input = true});
    std::thread sender([&] { first->send(flood); });
    for (int i = 0; i < 4; ++i) CHECK(session.guest.receive()->payload.size() == max_payload);
    sender.join();
    first.reset();
    ::usleep(50000);
    Peer second = session.connect();
    session.attach(second, 1, {.input = true});
    second.send(flood);
    CHECK_FALSE(session.guest.receive(50));
    session.guest.send(encode_credit(0, Stream::input, 100000));
    CHECK(session.guest.receive()->payload.size() == 100000);
    CHECK_FALSE(session.guest.receive(50));
    Peer third = session.connect();
    third.send(encode_attach(1, {.input = true}));
    CHECK(third.receive() == failed_frame(1, "another client has the command's input"));
    second.close();
    ::usleep(50000);
    third.send(encode_attach(1, {.input = true}));
    CHECK(third.receive() == failed_frame(1, "the command has not taken the input that it was given before"));
    session.guest.send(encode_credit(0, Stream::input, 424288));
    std::size_t taken = 100000;
    while (taken < stream_window) taken += session.guest.receive()->payload.size();
    session.guest.send(encode_eof(0, Stream::input));
    ::usleep(50000);
    session.attach(third, 1, {.live = true, .input = true});
    CHECK(third.receive() == frame_of(encode_eof(1, Stream::input)));
}

TEST_CASE("the keeper waits for clients that take what is left, and not for others") {
    Session session;
    session.started();
    Peer taking = session.connect();
    Peer idle = session.connect();
    session.attach(taking, 1, {.kept = true, .live = true});
    session.attach(idle, 1, {.kept = true, .live = true});
    send_output(session.guest, stream_window, 'x');
    session.end(0);
    std::string seen;
    while (seen.size() < stream_window) {
        ::usleep(20000);
        const auto frame = taking.receive();
        REQUIRE(frame);
        seen += frame->payload;
    }
    CHECK(taking.receive() == frame_of(encode_eof(1, Stream::output)));
    CHECK(taking.receive() == frame_of(encode_eof(1, Stream::error)));
    CHECK(taking.receive() == exited_frame(1, 0));
    CHECK(taking.receive() == exited_frame(0, 0));
    CHECK_FALSE(taking.receive());
}
