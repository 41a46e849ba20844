// SPDX-License-Identifier: LGPL-2.1-or-later
// What the relay accepts of a guest, and when.
#include "support/error_of.hpp"
#include "support/streams.hpp"
#include "unit/console/relay_session.hpp"
#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <vector>

using namespace sandgraft;
using namespace sandgraft::test;
using namespace std::chrono_literals;
using namespace sandgraft::wire;
using How = Exited::How;

namespace {

/// Says one thing before its script and one after, and what the relay made of it.
std::string outcome(std::string_view before, std::string_view after) {
    const Pipe input;  // stays open
    Session session({.input = input.read.get()});
    return error_of([&] {
        session.guest.send(before);
        if (!before.empty()) session.relay.await_hello(long_enough);
        if (before.starts_with(hello + configured)) session.relay.await_setup(long_enough);
        session.guest.send(after);
        if (before.empty()) return session.relay.await_hello(long_enough);
        if (before == hello) return session.relay.await_setup(long_enough);
        session.relay.run(0ms);
        session.relay.run(0ms);
    });
}

}  // namespace

TEST_CASE("in each state exactly the frames of that state are accepted") {
    struct Saying {
        const char* name;
        std::string bytes;
    };
    const Saying sayings[] = {
        {"hello", hello},
        {"config", encode_config("x")},
        {"configured", configured},
        {"data", data(Stream::output, "x")},
        {"eof", encode_eof(0, Stream::error)},
        {"window_size", encode_window_size(0, WindowSize{1, 1})},
        {"signal", encode_signal(0, 1)},
        {"exec", encode(Frame{FrameType::exec, 0, 0, {}})},
        {"attach", encode_attach(0, Attach{.live = true})},
        {"destroy", encode_empty(0, FrameType::destroy)},
        {"ready", ready},
        {"exited", success},
        {"stop", stop},
    };
    struct {
        const char* state;
        std::string said;
        std::vector<std::string> accepted;
    } const states[] = {
        {"silent", "", {"hello"}},
        {"greeted", hello, {"configured"}},
        {"configured", set_up, {"ready"}},
        {"started", set_up + ready, {"data", "eof", "exited"}},
        {"exited", set_up + ready + success, {}},
    };
    for (const auto& state : states)
        for (const auto& saying : sayings) {
            INFO(state.state << " " << saying.name);
            // After "exited" nothing is read any more, so a frame is only seen together with it.
            const bool ended = state.state == std::string("exited");
            const std::string before = ended ? set_up + ready : state.said;
            const std::string after = ended ? success + saying.bytes : saying.bytes;
            const bool accepted =
                std::find(state.accepted.begin(), state.accepted.end(), saying.name) != state.accepted.end();
            CHECK(outcome(before, after) ==
                  (accepted ? "no error" : "the sandbox sent an unexpected frame '" + std::string(saying.name) + "'"));
        }
}

TEST_CASE("a guest that speaks version 1 alone ends its command as that has it") {
    Session session;
    session.guest.send(encode(Hello{.oldest = 1, .newest = 1}) + configured + ready +
                       encode_exited(0, {How::signal, 9, true}, 1));
    session.relay.await_setup(long_enough);
    CHECK(session.relay.run(for_ever) == Exited{How::signal, 9, true});
}

TEST_CASE("a frame that makes no sense ends the session") {
    struct {
        std::string after;
        std::string error;
    } const rows[] = {
        {encode(Frame{FrameType::data, 1, 1, "x"}), "the sandbox sent an unexpected frame 'data'"},
        {data(Stream::input, "x"), "the sandbox sent an unexpected frame 'data'"},
        {encode_credit(0, Stream::output, 1), "the sandbox sent an unexpected frame 'credit'"},
        {encode_credit(0, Stream::input, 1), "the peer granted more credit than one window"},
        {encode_eof(0, Stream::output) + data(Stream::output, "x"), "the peer sent data after the end of its stream"},
        {encode_eof(0, Stream::output) + encode_eof(0, Stream::output), "the peer ended a stream twice"},
        {encode_exited(0, Exited{How::not_started, 2}, newest_version),
         "the sandbox sent an unexpected frame 'exited'"},
        {encode_exited(0, Exited{How::status, 256}, newest_version),
         "the peer sent a frame 'exited' with the impossible value 256"},
        {encode(Frame{FrameType::data, 3, 0, "x"}), "the peer sent a frame 'data' with the impossible value 3"},
        {encode_exited(0, Exited{}, 1), "the peer sent a frame 'exited' of 6 bytes instead of 14"},
        {encode(Frame{FrameType::eof, 1, 0, "x"}), "the peer sent a frame 'eof' of 1 bytes instead of 0"},
        {std::string("\xFF\xFF\xFF\xFF\x02\x01\0\0", 8),
         "the peer announced a frame 'data' of 4294967295 bytes, more than the 131072 allowed"},
        {std::string("\0\0\0\0\x63\0\0\0", 8), "the peer sent a frame of unknown type 99"},
    };
    for (const auto& row : rows) {
        CHECK(outcome(set_up + ready, row.after) == row.error);
        Session session;
        session.begin(ready + row.after);
        try {
            session.relay.run(0ms);
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::protocol);
        }
    }
    CHECK(outcome(hello, encode(Frame{FrameType::configured, 0, 0, "x"})) ==
          "the peer sent a frame 'configured' of 1 bytes instead of 0");
    CHECK(outcome(set_up, encode(Frame{FrameType::ready, 0, 0, "x"})) ==
          "the peer sent a frame 'ready' of 1 bytes instead of 0");
    CHECK(outcome("", encode(Hello{.oldest = 4, .newest = 9})) ==
          "the peer speaks versions 4 to 9 of the channel protocol, this side versions 1 to 3");
}

TEST_CASE("a guest that ends too early is an error of the hypervisor's") {
    Session silent;
    silent.guest.send(hello);
    silent.guest.close();
    CHECK_NOTHROW(silent.relay.await_hello(long_enough));
    CHECK(error_of([&] { silent.relay.await_setup(long_enough); }) == "the sandbox ended before its init could report");
    for (const auto& said : {std::string(), ready, ready + data(Stream::output, "x"), ready.substr(0, 3)}) {
        Session session;
        session.begin(said);
        session.guest.close();
        CHECK(error_of([&] { session.relay.run(for_ever); }) ==
              "the sandbox, or the connection to it, ended before its command did: somebody destroyed it "
              "(virsh destroy), ended libvirt's daemon, or killed it");
    }
}

TEST_CASE("a guest that says nothing is not waited for longer than was asked") {
    for (const auto& said : {std::string(), hello, set_up.substr(0, set_up.size() - 1)}) {
        Session session;
        session.guest.send(said);
        session.relay.configure({24, 80}, std::string(5'000'000, 'x'));
        const auto start = std::chrono::steady_clock::now();
        CHECK(error_of([&] { session.relay.await_setup(60ms); }) == "the sandbox's init did not report within 60 ms");
        CHECK(std::chrono::steady_clock::now() - start >= 60ms);
        session.guest.send(set_up.substr(said.size()));
        CHECK_NOTHROW(session.relay.await_setup(0ms));
    }
    Session silent;
    CHECK(error_of([&] { silent.relay.await_hello(1000ms); }) == "the sandbox's init did not report within 1 s");
}

TEST_CASE("an error after the command's end loses nothing: the next call returns the status") {
    const auto full = open_file("/dev/full", O_WRONLY);
    struct {
        int output;
        std::string said;
    } const rows[] = {
        {-1, encode_exited(0, Exited{How::status, 7}, newest_version) + stop},
        {-1, encode_exited(0, Exited{How::status, 7}, newest_version) + std::string("\0\0\0\0\x63\0\0\0", 8)},
        {full.get(), data(Stream::output, "text") + encode_exited(0, Exited{How::status, 7}, newest_version)},
    };
    for (const auto& row : rows) {
        Session session({.output = row.output});
        session.begin(ready + row.said);
        CHECK(error_of([&] { session.relay.run(for_ever); }) != "no error");
        CHECK(session.relay.exited() == Exited{How::status, 7});
        CHECK(session.relay.run(for_ever) == Exited{How::status, 7});
    }
}

TEST_CASE("the guest's reason for a failure is shown without its escapes") {
    const std::string failure = encode_failed(0, "\x1B[2Jno\n/etc/passwd");
    for (const auto& before : {std::string(), hello, set_up, set_up + ready})
        CHECK(outcome(before, failure) == "\\x1b[2Jno\\x0a/etc/passwd");
}
