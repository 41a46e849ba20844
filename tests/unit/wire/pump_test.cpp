// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/pump.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/pty.hpp"
#include "support/streams.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <cerrno>
#include <climits>

using namespace sandgraft;
using namespace sandgraft::wire;
using test::Channel;
using test::error_of;
using test::open_file;
using test::Pipe;
using test::ReceivedFrame;

namespace {

/// Writes until a non-blocking descriptor takes no more.
std::size_t fill(const base::Fd& fd) {
    const std::string bytes(4096, 'f');
    std::size_t total = 0;
    for (ssize_t n = 0; (n = ::write(fd.get(), bytes.data(), bytes.size())) > 0;) total += static_cast<std::size_t>(n);
    return total;
}

std::size_t readable(const base::Fd& fd) {
    int bytes = 0;
    REQUIRE(::ioctl(fd.get(), FIONREAD, &bytes) == 0);
    return static_cast<std::size_t>(bytes);
}

std::string read_some(const base::Fd& fd, std::size_t most) {
    std::string data(most, '\0');
    const ssize_t n = ::read(fd.get(), data.data(), data.size());
    data.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return data;
}

ReceivedFrame eof_of(Stream stream) { return {FrameType::eof, static_cast<std::uint8_t>(stream), ""}; }

}  // namespace

TEST_CASE("a source sends what its descriptor yields, and its end") {
    Channel channel;
    Pipe pipe;
    base::set_nonblocking(pipe.read.get());
    Source source(std::move(pipe.read), 0, Stream::error);
    CHECK_FALSE(source.pump(channel.link));
    CHECK_FALSE(channel.peer.poll());
    base::write_all(pipe.write.get(), "text", "the pipe");
    CHECK(source.pump(channel.link));
    CHECK(channel.peer.poll() == ReceivedFrame{FrameType::data, 2, "text"});
    pipe.write.reset();
    CHECK(source.open());
    CHECK(source.pump(channel.link));
    CHECK(channel.peer.poll() == eof_of(Stream::error));
    CHECK_FALSE(source.open());
    CHECK_FALSE(source.ready(channel.link));
    CHECK(source.failure() == 0);
}

TEST_CASE("a source stops at a sequence, of which it sends nothing") {
    struct {
        std::vector<std::string> typed;
        std::vector<std::string> sent;
        bool met;
    } const rows[] = {
        {{"ab"}, {}, true},          {{"a", "b"}, {}, true},     {{"xab", "y"}, {"x"}, true},
        {{"a", "x"}, {"ax"}, false}, {{"a", "ab"}, {"a"}, true}, {{"xa", "ya", "b"}, {"x", "ay"}, true},
        {{"ba", "ba"}, {"b"}, true}, {{"xyz"}, {"xyz"}, false},
    };
    for (const auto& row : rows) {
        Channel channel;
        Pipe pipe;
        Source source(std::move(pipe.read), 0, Stream::input);
        source.stop_at("ab");
        for (const auto& text : row.typed) {
            if (!source.ready(channel.link)) break;
            base::write_all(pipe.write.get(), text, "the pipe");
            CHECK(source.pump(channel.link));
        }
        std::vector<std::string> sent;
        while (const auto frame = channel.peer.poll()) sent.push_back(frame->payload);
        CHECK(sent == row.sent);
        CHECK(source.has_met_sequence() == row.met);
        CHECK(source.open() == !row.met);
    }
}

TEST_CASE("what may be the beginning of a sequence is sent with the end of the stream, and never beyond the credit") {
    Channel channel;
    Pipe pipe;
    Source source(std::move(pipe.read), 0, Stream::input);
    source.stop_at("abc");
    base::write_all(pipe.write.get(), "ab", "the pipe");
    CHECK(source.pump(channel.link));
    CHECK_FALSE(channel.peer.poll());
    pipe.write.reset();
    CHECK(source.pump(channel.link));
    CHECK(channel.peer.poll()->payload == "ab");
    CHECK(channel.peer.poll() == eof_of(Stream::input));

    Source spent(open_file("/dev/zero", O_RDONLY), 0, Stream::input);
    spent.stop_at(std::string(2, '\0') + "x");
    std::size_t sent = 0;
    while (spent.pump(channel.link))
        while (const auto frame = channel.peer.poll()) sent += frame->payload.size();
    CHECK(sent == stream_window - 2);
}

TEST_CASE("what a source and a sink send has the number of their process") {
    Channel channel;
    Source source(open_file("/dev/zero", O_RDONLY), 0x0102, Stream::output);
    source.limit(1);
    Sink sink(open_file("/dev/null", O_WRONLY), 0x0102, Stream::input);
    for (int i = 0; i < 2; ++i) REQUIRE(source.pump(channel.link));
    for (int i = 0; i < 2; ++i) sink.take(std::string(max_payload, 'x'), channel.link);
    for (const auto type : {FrameType::data, FrameType::eof, FrameType::credit}) {
        const auto frame = channel.peer.poll();
        REQUIRE(frame);
        CHECK(frame->type == type);
        CHECK(frame->process == 0x0102);
    }
}

TEST_CASE("a source sends no more than it was granted") {
    Channel channel;
    Pipe pipe;
    for (const auto* end : {&pipe.read, &pipe.write}) base::set_nonblocking(end->get());
    Source source(std::move(pipe.read), 0, Stream::output);
    const auto send_all = [&] {
        std::size_t received = 0;
        do {
            fill(pipe.write);
            while (source.ready(channel.link) && source.pump(channel.link)) {
            }
            while (const auto frame = channel.peer.poll()) received += frame->payload.size();
            channel.link.flush();
        } while (source.ready(channel.link) || !channel.link.idle());
        return received;
    };
    CHECK(send_all() == stream_window);
    CHECK_FALSE(source.pump(channel.link));
    for (const std::uint32_t more : {1U, 4097U, 131073U, stream_window}) {
        source.grant(more);
        CHECK(send_all() == more);
    }
}

TEST_CASE("a peer that does not read stops the source before its credit ends") {
    Channel channel;
    Source source(open_file("/dev/zero", O_RDONLY), 0, Stream::output);
    std::size_t frames = 0;
    while (source.ready(channel.link)) {
        REQUIRE(source.pump(channel.link));
        ++frames;
    }
    CHECK_FALSE(channel.link.idle());
    CHECK(frames * max_payload < stream_window);
    while (channel.peer.poll()) channel.link.flush();
    CHECK(source.ready(channel.link));
}

TEST_CASE("a source refuses more credit than one window") {
    Channel channel;
    Source source(open_file("/dev/zero", O_RDONLY), 0, Stream::output);
    CHECK(error_of([&] { source.grant(1); }) == "the peer granted more credit than one window");
    REQUIRE(source.pump(channel.link));
    CHECK(error_of([&] { source.grant(max_payload + 1); }) == "the peer granted more credit than one window");
    source.grant(max_payload);
    CHECK_THROWS_AS(source.grant(0xFFFFFFFF), Error);
    source.close();
    CHECK_NOTHROW(source.grant(0xFFFFFFFF));
}

TEST_CASE("a limited source ends where the limit is, whatever else its descriptor has") {
    Channel channel;
    Source source(open_file("/dev/zero", O_RDONLY), 0, Stream::output);
    source.limit(5);
    CHECK(source.pump(channel.link));
    CHECK(channel.peer.poll() == ReceivedFrame{FrameType::data, 1, std::string(5, '\0')});
    CHECK(source.pump(channel.link));
    CHECK(channel.peer.poll() == eof_of(Stream::output));
    CHECK_FALSE(source.open());
}

TEST_CASE("a source that cannot be read ends, and tells the errors that cut it short") {
    test::Pty pty;
    pty.slave.reset();
    struct {
        const char* what;
        base::Fd fd;
        int failure;
    } rows[] = {
        {"its own unmapped memory", open_file("/proc/self/mem", O_RDONLY), EIO},
        {"a directory", open_file("/", O_RDONLY), 0},
        {"opened for writing only", open_file("/dev/null", O_WRONLY), 0},
        {"a terminal that was hung up", std::move(pty.master), 0},
    };
    for (auto& row : rows) {
        INFO(row.what);
        Channel channel;
        Source source(std::move(row.fd), 0, Stream::input);
        CHECK(source.pump(channel.link));
        CHECK(channel.peer.poll() == eof_of(Stream::input));
        CHECK_FALSE(source.open());
        CHECK(source.failure() == row.failure);
    }
}

TEST_CASE("a sink writes what it is given and grants credit in portions") {
    Channel channel;
    Sink sink(open_file("/dev/null", O_WRONLY), 0, Stream::output);
    std::size_t taken = 0;
    std::size_t granted = 0;
    std::size_t grants = 0;
    while (taken < 8 * stream_window) {
        sink.take(std::string(1000, 'x'), channel.link);
        taken += 1000;
        while (const auto frame = channel.peer.poll()) {
            REQUIRE(frame->type == FrameType::credit);
            REQUIRE(frame->stream == 1);
            granted += decode_credit(Frame{frame->type, frame->stream, 0, frame->payload});
            ++grants;
        }
        REQUIRE(granted <= taken);
        REQUIRE(taken - granted < stream_window / 4);
    }
    CHECK(grants <= 32);
    CHECK_FALSE(sink.waiting());
}

TEST_CASE("a sink to a full pipe keeps one window, and refuses what exceeds it") {
    Channel channel;
    Pipe pipe;
    base::set_nonblocking(pipe.write.get());
    const std::size_t filled = fill(pipe.write);
    Sink sink(std::move(pipe.write), 0, Stream::output);
    for (std::uint32_t i = 0; i < stream_window / max_payload; ++i)
        sink.take(std::string(max_payload, static_cast<char>('a' + i)), channel.link);
    CHECK(sink.waiting());
    CHECK_FALSE(channel.peer.poll());
    CHECK(error_of([&] { sink.take("x", channel.link); }) == "the peer sent more data than it was granted");

    std::string received;
    while (received.size() < filled + stream_window) {
        received += read_some(pipe.read, 65536);
        sink.flush(channel.link);
    }
    CHECK_FALSE(sink.waiting());
    std::string expected(filled, 'f');
    for (std::uint32_t i = 0; i < stream_window / max_payload; ++i)
        expected += std::string(max_payload, static_cast<char>('a' + i));
    CHECK(received == expected);
    CHECK(channel.peer.poll()->type == FrameType::credit);
    CHECK_NOTHROW(sink.take("x", channel.link));
}

TEST_CASE("a sink refuses a payload above the window at once") {
    Channel channel;
    Sink sink(open_file("/dev/null", O_WRONLY), 0, Stream::output);
    CHECK_THROWS_AS(sink.take(std::string(stream_window + 1, 'x'), channel.link), Error);
}

TEST_CASE("a sink that nobody reads tells the peer, and swallows what was under way") {
    struct {
        const char* path;
        int failure;
    } const rows[] = {{nullptr, EPIPE}, {"/dev/full", ENOSPC}};
    for (const auto& row : rows) {
        Channel channel;
        Pipe pipe;
        Sink sink(row.path ? open_file(row.path, O_WRONLY) : std::move(pipe.write), 0, Stream::error);
        pipe.read.reset();
        sink.take("text", channel.link);
        CHECK(channel.peer.poll() == eof_of(Stream::error));
        CHECK(sink.failure() == row.failure);
        CHECK_FALSE(sink.open());
        for (int i = 0; i < 3; ++i) sink.take(std::string(max_payload, 'x'), channel.link);
        CHECK_FALSE(sink.waiting());
        CHECK_FALSE(channel.peer.poll());  // no credit for what nobody may send any more
        sink.finish("last words");
        CHECK_FALSE(sink.waiting());
    }
}

TEST_CASE("a sink closes once what was waiting is written, and its last words after it") {
    Channel channel;
    Pipe pipe;
    base::set_nonblocking(pipe.write.get());
    const std::size_t filled = fill(pipe.write);
    Sink sink(std::move(pipe.write), 0, Stream::input);
    sink.take("text", channel.link);
    sink.finish("!");
    CHECK(sink.open());
    CHECK(sink.waiting());
    CHECK(read_some(pipe.read, filled).size() == filled);
    sink.flush(channel.link);
    CHECK_FALSE(sink.open());
    CHECK(read_some(pipe.read, 100) == "text!");
    CHECK(read_some(pipe.read, 100).empty());
}

TEST_CASE("a sink that is held writes and tells nothing until it is released") {
    Channel channel;
    Pipe pipe;
    Sink sink(std::move(pipe.write), 0, Stream::input);
    pipe.read.reset();
    sink.hold();
    sink.take("text", channel.link);
    sink.flush(channel.link);
    CHECK(sink.waiting());
    CHECK_FALSE(channel.peer.poll());
    sink.release(channel.link);
    CHECK_FALSE(sink.waiting());
    CHECK(channel.peer.poll() == eof_of(Stream::input));
}

TEST_CASE("a finished sink grants no credit and takes nothing more") {
    Channel channel;
    Pipe pipe;
    base::set_nonblocking(pipe.write.get());
    const std::size_t filled = fill(pipe.write);
    Sink sink(std::move(pipe.write), 0, Stream::input);
    for (int i = 0; i < 4; ++i) sink.take(std::string(max_payload, 'x'), channel.link);
    sink.finish("last words");
    CHECK(error_of([&] { sink.take({}, channel.link); }) == "the peer sent data after the end of its stream");
    CHECK(error_of([&] { sink.finish(); }) == "the peer ended a stream twice");
    for (std::size_t got = 0; got < filled + stream_window;) {
        got += read_some(pipe.read, 65536).size();
        sink.flush(channel.link);
    }
    CHECK_FALSE(channel.peer.poll());
    CHECK_FALSE(sink.open());
}

TEST_CASE("a sink to a descriptor that blocks writes one chunk for each time it is writable") {
    Channel channel;
    Pipe pipe;
    Sink sink(std::move(pipe.write), 0, Stream::output, PIPE_BUF);
    sink.take(std::string(3 * PIPE_BUF + 1, 'x'), channel.link);
    for (const std::size_t there : {0U, 1U, 2U, 3U}) {
        CHECK(sink.waiting());
        CHECK(readable(pipe.read) == there * PIPE_BUF);
        sink.flush(channel.link);
    }
    CHECK_FALSE(sink.waiting());
    CHECK(readable(pipe.read) == 3 * PIPE_BUF + 1);
}
