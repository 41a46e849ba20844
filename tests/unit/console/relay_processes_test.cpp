// SPDX-License-Identifier: LGPL-2.1-or-later
// Many processes over one channel, against a scripted guest.
#include "support/error_of.hpp"
#include "support/streams.hpp"
#include "unit/console/relay_session.hpp"
#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace sandgraft;
using namespace sandgraft::test;
using namespace sandgraft::wire;
using namespace std::chrono_literals;
using How = Exited::How;
using console::Listener;

namespace {

const ExecConfig shell{.user = {}, .directory = {}, .argv = {"sh"}, .environment = {}};

std::string ends(std::uint16_t process) {
    return encode_eof(process, Stream::output) + encode_eof(process, Stream::error);
}

std::string exited(std::uint16_t process, std::uint32_t status) {
    return encode_exited(process, {How::status, status}, newest_version);
}

std::string ready_of(std::uint16_t process) { return encode_empty(process, FrameType::ready); }

/// A session whose command runs.
struct Running : Session {
    Running() { begin(ready); }

    std::shared_ptr<console::Process> exec(const console::Streams& streams = {}, Listener listener = {}) {
        return relay.exec(shell, streams, std::move(listener));
    }

    /// The next frame that is no window, credit or end of the command's or a process's empty input.
    ReceivedFrame next() {
        for (;;) {
            const auto frame = guest.receive();
            REQUIRE(frame);
            if (frame->type != FrameType::eof) return *frame;
        }
    }
};

std::string read_now(const base::Fd& fd) {
    std::string text(4096, '\0');
    const ssize_t n = ::read(fd.get(), text.data(), text.size());
    return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
}

bool is_readable(int fd) {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a process is asked for at once, with a number of its own") {
    Running session;
    const auto first = session.exec();
    const auto second = session.exec();
    for (const std::uint16_t number : {std::uint16_t{1}, std::uint16_t{2}}) {
        const auto frame = session.next();
        CHECK(frame.type == FrameType::exec);
        CHECK(frame.process == number);
        ConfigReceiver receiver;
        CHECK(decode_exec_config(receiver.take({frame.type, 0, number, frame.payload}).value()) == shell);
    }
}

TEST_CASE("each process has its own streams and its own end") {
    Running session;
    Pipe out1;
    Pipe out2;
    const auto first = session.exec({.output = out1.write.get()});
    const auto second = session.exec({.output = out2.write.get()});
    session.guest.send(ready_of(2) + ready_of(1) + encode_data(2, Stream::output, "two") +
                       encode_data(1, Stream::output, "one") + ends(2) + exited(2, 22));
    REQUIRE(session.relay.wait(*second, long_enough));
    CHECK(session.relay.Relay::exited(*second) == Exited{How::status, 22});
    CHECK_FALSE(session.relay.wait(*first, 0ms));
    CHECK(read_now(out1.read) == "one");
    CHECK(read_now(out2.read) == "two");
    session.guest.send(ends(1) + exited(1, 11));
    REQUIRE(session.relay.wait(*first, long_enough));
    CHECK(session.relay.Relay::exited(*first) == Exited{How::status, 11});
    CHECK_FALSE(session.relay.run(0ms));
}

TEST_CASE("a reader that does not read stalls its own process only") {
    Running session;
    const Pipe full;
    Pipe other;
    const auto stalled = session.exec({.output = full.write.get()});
    const auto second = session.exec({.output = other.write.get()});
    std::string said = ready_of(1) + ready_of(2);
    for (int i = 0; i < 4; ++i) said += encode_data(1, Stream::output, std::string(max_payload, 's'));
    said += ends(1) + exited(1, 1) + encode_data(2, Stream::output, "on") + ends(2) + exited(2, 2);
    std::thread guest([&] { session.guest.send(said); });
    CHECK(session.relay.wait(*second, long_enough));
    guest.join();
    CHECK(read_now(other.read) == "on");
    CHECK_FALSE(session.relay.wait(*stalled, 50ms));
    CHECK(session.relay.Relay::exited(*stalled) == Exited{How::status, 1});
}

TEST_CASE("a number is free again when its process has ended, and no sooner") {
    Running session;
    const auto first = session.exec();
    const auto second = session.exec();
    session.guest.send(ready_of(1) + ends(1) + exited(1, 0));
    REQUIRE(session.relay.wait(*first, long_enough));
    CHECK(session.exec()->number() == 1);
    CHECK(session.exec()->number() == 3);
}

TEST_CASE("the process that is one too many is refused, and nothing else suffers") {
    Running session;
    std::thread guest([&] {
        while (session.guest.receive(200)) continue;
    });
    std::vector<std::shared_ptr<console::Process>> processes;
    for (int i = 0; i < most_processes; ++i) processes.push_back(session.exec());
    CHECK(error_of([&] { (void)session.exec(); }) ==
          "a sandbox runs at most 1024 processes beside its command at a time");
    session.guest.send(encode_failed(1024, "no such user"));
    CHECK(error_of([&] { session.relay.wait(*processes.back(), long_enough); }) == "no such user");
    CHECK(session.exec()->number() == 1024);
    guest.join();
}

TEST_CASE("an older guest runs no other process") {
    Session session;
    session.guest.send(encode(Hello{.oldest = 1, .newest = 1}) + configured + ready);
    session.relay.await_setup(long_enough);
    CHECK(error_of([&] { (void)session.relay.exec(shell, {}, {}); }) ==
          "the sandbox's init is of an older release, which runs one command only");
}

TEST_CASE("what a process ends with is told: a status, no execution, or why it did not get so far") {
    Running session;
    const auto missing = session.exec();
    const auto nobody = session.exec();
    session.guest.send(encode_exited(1, {How::not_started, 2}, newest_version) + encode_failed(2, "who?"));
    CHECK(session.relay.wait(*missing, long_enough));
    CHECK(session.relay.Relay::exited(*missing)->exit_status() == 127);
    CHECK(error_of([&] { session.relay.wait(*nobody, long_enough); }) == "who?");
    CHECK_FALSE(session.relay.run(0ms));
}

TEST_CASE("a process that is forgotten is killed, and what still comes of it is thrown away") {
    Running session;
    Pipe out;
    const auto process = session.exec({.output = out.write.get()});
    CHECK(session.next().type == FrameType::exec);
    session.guest.send(ready_of(1));
    CHECK_FALSE(session.relay.wait(*process, 50ms));
    session.relay.cancel(*process);
    CHECK(session.next() == ReceivedFrame{FrameType::stop, 0, "", 1});
    session.guest.send(encode_data(1, Stream::output, "late") + ends(1) +
                       encode_exited(1, {How::signal, 9}, newest_version));
    CHECK(session.relay.wait(*process, long_enough));
    CHECK_FALSE(is_readable(out.read.get()));
    CHECK(session.exec()->number() == 1);
}

TEST_CASE("signals and sizes go to their process, and to none that has ended") {
    Running session;
    const auto process = session.exec();
    CHECK(session.next().type == FrameType::exec);
    session.relay.Relay::send_signal(*process, 2);
    CHECK(session.next() == ReceivedFrame{FrameType::signal, 0, "\x02", 1});
    session.relay.Relay::resize(*process, {1, 2});
    CHECK(session.next() == ReceivedFrame{FrameType::window_size, 0, std::string("\1\0\2\0", 4), 1});
    session.guest.send(ready_of(1) + ends(1) + exited(1, 0));
    CHECK(session.relay.wait(*process, long_enough));
    session.relay.Relay::send_signal(*process, 2);
    session.relay.send_signal(15);
    CHECK(session.next() == ReceivedFrame{FrameType::signal, 0, "\x0F", 0});
}

TEST_CASE("what a guest says of a process that it may not say ends the session") {
    const std::pair<std::string, std::string> rows[] = {
        {ready_of(2), "ready"},
        {encode_data(1, Stream::output, "x"), "data"},
        {exited(1, 0), "exited"},
        {ready_of(1) + ready_of(1), "ready"},
        {ready_of(1) + exited(1, 0) + exited(1, 0), "exited"},
        {ready_of(1) + exited(1, 0) + encode_data(1, Stream::output, "x"), "data"},
        {ready_of(1) + encode_failed(1, "x"), "failed"},
        {encode_failed(1, "x") + ready_of(1), "ready"},
        {encode_empty(1, FrameType::stop), "stop"},
    };
    for (const auto& [said, frame] : rows) {
        Running session;
        const auto process = session.exec();
        session.guest.send(said);
        const std::string error = "the sandbox sent an unexpected frame '" + frame + "'";
        INFO(error);
        std::string told;
        for (int i = 0; i < 3 && told.empty(); ++i) {
            const auto reason = error_of([&] { session.relay.run(20ms); });
            if (reason != "no error") told = reason;
        }
        CHECK(told == error);
        CHECK(error_of([&] { (void)session.exec(); }) == error);
    }
}

TEST_CASE("a million tiny frames cost little memory and end when the guest does") {
    Running session;
    Pipe out;
    const auto process = session.exec({}, {.on_output = [](std::string_view) {}});
    std::thread guest([&] {
        std::string many = ready_of(1);
        for (int i = 0; i < 10'000; ++i) many += encode_data(1, Stream::output, "");
        for (int i = 0; i < 100; ++i) session.guest.send(i == 0 ? many : many.substr(ready_of(1).size()));
        session.guest.send(ends(1) + exited(1, 4));
    });
    CHECK(session.relay.wait(*process, long_enough));
    guest.join();
    CHECK(session.relay.Relay::exited(*process) == Exited{How::status, 4});
}

TEST_CASE("a program with a loop of its own polls one descriptor and is called for what happens") {
    std::string told;
    Session session({}, {.on_ready = [&] { told += "[runs]"; }, .on_end = [&] { told += "[ends]"; }});
    session.guest.send(hello + configured + ready);  // what comes early is told as well
    session.relay.configure({}, "orders");
    session.relay.await_setup(long_enough);
    const auto loop_until = [&](const std::string& expected) {
        for (int i = 0; i < 200 && told != expected; ++i) {
            pollfd entry{session.relay.descriptor(), POLLIN, 0};
            REQUIRE(::poll(&entry, 1, 20000) == 1);
            session.relay.dispatch();
        }
        CHECK(told == expected);
    };
    loop_until("[runs]");
    const auto process =
        session.relay.exec(shell, {},
                           {.on_output = [&](std::string_view text) { told += text; },
                            .on_error = [&](std::string_view text) { told += "!" + std::string(text); },
                            .on_ready = [&] { told += "(runs)"; },
                            .on_end = [&] { told += "(ends)"; }});
    session.guest.send(ready_of(1) + encode_data(1, Stream::output, "out") + encode_data(1, Stream::error, "err") +
                       ends(1) + exited(1, 0));
    loop_until("[runs](runs)out!err(ends)");
    session.guest.send(ends(0) + success);
    loop_until("[runs](runs)out!err(ends)[ends]");
    session.relay.dispatch();
    CHECK_FALSE(is_readable(session.relay.descriptor()));
}

TEST_CASE("a loop is told once that the session broke, and then left in peace") {
    Running session;
    session.guest.close();
    int told = 0;
    for (int i = 0; i < 5; ++i) {
        const auto reason = error_of([&] { session.relay.dispatch(); });
        if (reason == "no error") continue;
        ++told;
        CHECK(reason.starts_with("the sandbox, or the connection to it, ended before its command did"));
    }
    CHECK(told == 1);
    session.relay.dispatch();
    CHECK_FALSE(is_readable(session.relay.descriptor()));
}

TEST_CASE("a relay that is closed says nothing more, not even of its processes' streams") {
    Running session;
    (void)session.exec();
    REQUIRE(session.guest.receive()->type == FrameType::exec);
    session.relay.close();
    pollfd entry{session.guest.fd(), POLLIN, 0};
    REQUIRE(::poll(&entry, 1, 20000) == 1);
    CHECK_FALSE(session.guest.receive());
}

TEST_CASE("functions may start processes, but not wait for them; what they throw comes out") {
    Running session;
    std::shared_ptr<console::Process> second;
    std::string refusal;
    const auto first = session.exec({}, {.on_end = [&] {
                                        second = session.exec();
                                        refusal = error_of([&] { session.relay.wait(*second, 0ms); });
                                        throw Error(ErrorCode::io, "mine");
                                    }});
    session.guest.send(ready_of(1) + ends(1) + exited(1, 0));
    CHECK(error_of([&] { session.relay.wait(*first, long_enough); }) == "mine");
    CHECK(refusal == "a function that is called for a sandbox's events cannot wait for another");
    REQUIRE(second);
    session.guest.send(ready_of(second->number()) + ends(second->number()) + exited(second->number(), 0));
    CHECK(session.relay.wait(*second, long_enough));
}

TEST_CASE("threads that wait for different processes take turns") {
    constexpr int count = 32;
    Running session;
    std::thread guest([&] {
        std::vector<std::uint16_t> started;
        while (started.size() < std::size_t{count}) {
            const auto frame = session.guest.receive();
            if (!frame) return;
            if (frame->type == FrameType::exec) started.push_back(frame->process);
        }
        for (auto number = started.rbegin(); number != started.rend(); ++number)
            session.guest.send(ready_of(*number) + encode_data(*number, Stream::output, std::to_string(*number)) +
                               ends(*number) + exited(*number, *number));
    });
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&] {
            std::string output;
            const auto process = session.exec({}, {.on_output = [&](std::string_view text) { output += text; }});
            const bool ended = session.relay.wait(*process, long_enough);
            const auto number = process->number();
            if (ended && output == std::to_string(number) && session.relay.Relay::exited(*process)->value == number)
                ++right;
        });
    for (auto& thread : threads) thread.join();
    guest.join();
    CHECK(right == count);
}

TEST_CASE("a regular file, which no poll tells of, goes in whole") {
    Running session;
    const base::Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    const auto size = static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END));
    ::lseek(file.get(), 0, SEEK_SET);
    REQUIRE(size > 4 * stream_window);
    std::size_t received = 0;
    std::thread guest([&] {
        session.guest.send(ready_of(1));
        for (;;) {
            const auto frame = session.guest.receive();
            if (!frame || (frame->type == FrameType::eof && frame->process == 1)) break;
            if (frame->type != FrameType::data) continue;
            received += frame->payload.size();
            session.guest.send(encode_credit(1, Stream::input, static_cast<std::uint32_t>(frame->payload.size())));
        }
        session.guest.send(ends(1) + exited(1, 0));
    });
    const auto process = session.exec({.input = file.get()});
    CHECK(session.relay.wait(*process, long_enough));
    guest.join();
    CHECK(received == size);
}
