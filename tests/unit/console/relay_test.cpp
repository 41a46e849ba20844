// SPDX-License-Identifier: LGPL-2.1-or-later
// The relay against a scripted guest: what it sends is written beforehand or by hand, frame by frame.
#include "unit/console/relay_session.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/streams.hpp"
#include "support/temp_tree.hpp"
#include "wire/config_transfer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <thread>

using namespace sandgraft;
using namespace sandgraft::wire;
using namespace sandgraft::test;
using namespace std::chrono_literals;
using How = Exited::How;

namespace {

std::string read_all(Pipe& pipe) {
    pipe.write.reset();
    return base::read_all(pipe.read.get(), 1 << 26, "the pipe");
}

std::chrono::nanoseconds thread_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

TEST_CASE("the relay tells the guest the size of the terminal and what to set up, however much that is") {
    Session session;
    const std::string orders(5'000'000, 'x');
    std::thread setting_up([&] {
        session.relay.configure({24, 80}, orders);
        session.relay.await_setup(long_enough);
    });
    const auto greeting = session.guest.receive();
    REQUIRE(greeting);
    CHECK(encode(Frame{greeting->type, 0, 0, greeting->payload}) == encode(Hello{.window = {24, 80}}));
    ConfigReceiver receiver;
    std::optional<std::string> received;
    while (!received) {
        const auto frame = session.guest.receive();
        REQUIRE(frame);
        received = receiver.take(Frame{frame->type, 0, 0, frame->payload});
    }
    CHECK(*received == orders);
    session.guest.send(hello + configured);
    setting_up.join();
    CHECK_FALSE(session.guest.poll());
}

TEST_CASE("output that comes with the setup waits for run(), when the caller's terminal is raw") {
    Pipe out;
    Session session({.input = -1, .output = out.write.get(), .error = -1});
    session.guest.send(hello + configured + ready + data(Stream::output, "early") + success);
    session.relay.await_setup(long_enough);
    pollfd polled{out.read.get(), POLLIN, 0};
    CHECK(::poll(&polled, 1, 0) == 0);
    REQUIRE(session.relay.run(for_ever));
    CHECK(::poll(&polled, 1, 0) == 1);
}

TEST_CASE("a command's end is told once its output is written") {
    Pipe output;
    Pipe error;
    Session session({-1, output.write.get(), error.write.get()});
    session.begin(ready);
    std::thread guest([&] {
        for (int i = 0; i < 4; ++i) session.guest.send(data(Stream::output, std::string(max_payload, 'o')));
        session.guest.send(data(Stream::error, "error") + encode_eof(0, Stream::output) + encode_eof(0, Stream::error) +
                           encode_exited(0, Exited{How::status, 7}, newest_version));
    });
    CHECK_FALSE(session.relay.run(100ms));
    guest.join();

    // Nobody reads the output: the end is known but not told, and waiting for it takes no processor time. The other
    // stream is not held up.
    const auto before = thread_time();
    CHECK_FALSE(session.relay.run(200ms));
    CHECK_FALSE(session.relay.run(0ms));
    CHECK(thread_time() - before < std::chrono::milliseconds(100));
    CHECK(read_all(error) == "error");

    std::string received;
    std::thread reader([&] { received = read_all(output); });
    CHECK(session.relay.run(for_ever) == Exited{How::status, 7});
    reader.join();
    CHECK(received == std::string(4 * max_payload, 'o'));
}

TEST_CASE("run returns in time") {
    Session session;
    session.begin(ready);
    for (const auto timeout : {0ms, 60ms}) {
        const auto start = std::chrono::steady_clock::now();
        CHECK_FALSE(session.relay.run(timeout));
        const auto took = std::chrono::steady_clock::now() - start;
        CHECK(took >= timeout);
        CHECK(took < std::chrono::seconds(5));
    }
    session.guest.send(encode_exited(0, Exited{How::signal, 9}, newest_version));
    CHECK(session.relay.run(10000ms) == Exited{How::signal, 9});
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
    CHECK(session.guest.receive() == stop_received);
    session.guest.close();
    CHECK(session.relay.run(for_ever) == Exited{How::signal, 9});
}

TEST_CASE("input flows once the command runs, and ends when it ends") {
    Pipe input;
    Session session({input.read.get(), -1, -1});
    base::write_all(input.write.get(), "text", "the pipe");
    session.begin({});
    CHECK_FALSE(session.relay.run(20ms));
    CHECK_FALSE(session.guest.poll());
    session.guest.send(ready);
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::data, 0, "text"});
    input.write.reset();
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
}

TEST_CASE("a FIFO ends when nobody writes to it, also when nobody ever has") {
    TempTree tree;
    tree.fifo("fifo");
    const auto open_fifo = [&](int flags) { return open_file(tree.at("fifo").c_str(), flags); };
    {
        const auto never_written = open_fifo(O_RDONLY | O_NONBLOCK);
        Session session({.input = never_written.get()});
        session.begin(ready);
        CHECK_FALSE(session.relay.run(20ms));
        CHECK(session.guest.poll() == ReceivedFrame{FrameType::eof, 0, ""});
    }
    const auto input = open_fifo(O_RDONLY | O_NONBLOCK);
    auto writer = open_fifo(O_WRONLY);
    Session session({.input = input.get()});
    session.begin(ready);
    CHECK_FALSE(session.relay.run(20ms));
    CHECK_FALSE(session.guest.poll());
    base::write_all(writer.get(), "text", "the FIFO");
    writer.reset();
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::data, 0, "text"});
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
}

TEST_CASE("a FIFO that was written to before its writer left is read to its end") {
    TempTree tree;
    tree.fifo("fifo");
    const auto input = open_file(tree.at("fifo").c_str(), O_RDONLY | O_NONBLOCK);
    base::write_all(open_file(tree.at("fifo").c_str(), O_WRONLY).get(), "text", "the FIFO");
    Session session({.input = input.get()});
    session.begin(ready);
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::data, 0, "text"});
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
}

TEST_CASE("no descriptor as input is an input at its end") {
    Session session;
    session.begin(ready);
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
}

TEST_CASE("what a command does not read stays where it is") {
    Pipe input;
    Session session({input.read.get(), -1, -1});
    session.begin(ready + encode_eof(0, Stream::input));
    CHECK_FALSE(session.relay.run(20ms));
    base::write_all(input.write.get(), "text", "the pipe");
    CHECK_FALSE(session.relay.run(20ms));
    CHECK_FALSE(session.guest.poll());
    int left = 0;
    REQUIRE(::ioctl(input.read.get(), FIONREAD, &left) == 0);
    CHECK(left == 4);
}

TEST_CASE("an input that cannot be read to its end is an error, though the command ends well") {
    const auto memory = open_file("/proc/self/mem", O_RDONLY);
    Session session({memory.get(), -1, -1});
    session.begin(ready);
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
    session.guest.send(success);
    CHECK(error_of([&] { session.relay.run(for_ever); }) == "cannot read the command's input: Input/output error");
}

TEST_CASE("a full output holds up neither the other one nor what comes from outside") {
    Pipe output;
    Pipe error;
    Session session({-1, output.write.get(), error.write.get()});
    session.begin(ready + data(Stream::output, std::string(max_payload, 'o')) + data(Stream::error, "text"));
    session.relay.send_signal(1);
    CHECK_FALSE(session.relay.run(50ms));
    char text[8]{};
    CHECK(::read(error.read.get(), text, sizeof text) == 4);
    CHECK(session.guest.receive()->type == FrameType::signal);
}

TEST_CASE("a closed output is told to the guest, and is no error") {
    REQUIRE(std::signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    Pipe output;
    Session session({-1, output.write.get(), -1});
    output.read.reset();
    session.begin(ready + data(Stream::output, "text"));
    CHECK_FALSE(session.relay.run(20ms));
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 1, ""});
    session.guest.send(data(Stream::output, "under way") + encode_exited(0, Exited{How::signal, 13}, newest_version));
    CHECK(session.relay.run(for_ever) == Exited{How::signal, 13});
}

TEST_CASE("an output that cannot be written is an error") {
    const auto full = open_file("/dev/full", O_WRONLY);
    Session output({-1, full.get(), -1});
    output.begin(ready + data(Stream::output, "text") + success);
    CHECK(error_of([&] { output.relay.run(for_ever); }) ==
          "cannot write the command's standard output: No space left on device");
    Session error({-1, -1, full.get()});
    error.begin(ready + data(Stream::error, "text") + success);
    CHECK(error_of([&] { error.relay.run(for_ever); }) ==
          "cannot write the command's standard error: No space left on device");
}

TEST_CASE("other threads reach the command while one waits for it") {
    Session session;
    session.begin(ready);
    std::optional<Exited> exited;
    std::thread waiting([&] { exited = session.relay.run(for_ever); });
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::eof, 0, ""});
    session.relay.send_signal(15);
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::signal, 0, "\x0F"});
    session.relay.resize({1, 2});
    CHECK(session.guest.receive() == ReceivedFrame{FrameType::window_size, 0, std::string("\1\0\2\0", 4)});
    session.relay.ask_to_stop();
    CHECK(session.guest.receive() == stop_received);

    constexpr std::size_t each = 200;
    const auto send_many = [&] {
        for (std::size_t i = 0; i < each; ++i) session.relay.send_signal(10);
    };
    std::thread one(send_many);
    std::thread two(send_many);
    for (std::size_t i = 0; i < 2 * each; ++i)
        REQUIRE(session.guest.receive() == ReceivedFrame{FrameType::signal, 0, "\x0A"});
    one.join();
    two.join();
    session.guest.send(encode_exited(0, Exited{How::signal, 15}, newest_version));
    waiting.join();
    CHECK(exited == Exited{How::signal, 15});
}

TEST_CASE("a megabyte arrives as it was sent, whatever portions it came in") {
    std::string sent;
    for (std::uint32_t i = 0; sent.size() < 1 << 20; ++i) sent += std::to_string(i * 2654435761U);
    Pipe output;
    Session session({-1, output.write.get(), -1});
    session.begin(ready);
    std::thread guest([&] {
        std::size_t allowed = stream_window;
        std::size_t size = 1;
        for (std::string_view rest = sent; !rest.empty(); size = size * 3 % max_payload + 1) {
            const auto piece = rest.substr(0, size);
            while (allowed < piece.size()) {
                const auto frame = session.guest.receive();
                if (!frame) return;
                if (frame->type == FrameType::credit)
                    allowed += decode_credit(Frame{frame->type, frame->stream, 0, frame->payload});
            }
            allowed -= piece.size();
            session.guest.send(data(Stream::output, piece));
            rest.remove_prefix(piece.size());
        }
        session.guest.send(encode_eof(0, Stream::output) + success);
    });
    std::string received;
    std::thread reader([&] { received = read_all(output); });
    CHECK(session.relay.run(for_ever) == Exited{});
    guest.join();
    reader.join();
    CHECK(received == sent);
}
