// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/terminal.hpp"

#include "console/output.hpp"
#include "support/catch.hpp"
#include "support/pty.hpp"
#include "wire/link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstring>
#include <optional>
#include <stdexcept>

using namespace sandgraft;

namespace {

termios mode_of(int fd) {
    termios mode{};
    REQUIRE(::tcgetattr(fd, &mode) == 0);
    return mode;
}

bool same(const termios& a, const termios& b) {
    return a.c_iflag == b.c_iflag && a.c_oflag == b.c_oflag && a.c_cflag == b.c_cflag && a.c_lflag == b.c_lflag &&
           std::memcmp(a.c_cc, b.c_cc, sizeof a.c_cc) == 0;
}

bool is_raw(int fd) { return (mode_of(fd).c_lflag & (ICANON | ECHO | ISIG)) == 0; }

bool blocks(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

}  // namespace

TEST_CASE("raw mode ends with its object, also by an exception") {
    const test::Pty pty;
    const termios before = mode_of(pty.slave.get());
    {
        console::Terminal terminal(pty.slave.get());
        CHECK(same(mode_of(pty.slave.get()), before));
        terminal.make_raw();
        CHECK(is_raw(pty.slave.get()));
    }
    CHECK(same(mode_of(pty.slave.get()), before));
    try {
        console::Terminal terminal(pty.slave.get());
        terminal.make_raw();
        throw std::runtime_error("on the way out");
    } catch (const std::runtime_error&) {
    }
    CHECK(same(mode_of(pty.slave.get()), before));
}

TEST_CASE("a child made by fork leaves the mode alone") {
    const test::Pty pty;
    std::optional<console::Terminal> terminal(std::in_place, pty.slave.get());
    terminal->make_raw();
    const pid_t child = ::fork();
    if (child == 0) {
        terminal.reset();
        ::_exit(0);
    }
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(is_raw(pty.slave.get()));
}

TEST_CASE("raw mode that was taken twice is given back once, and to the mode that was found") {
    const test::Pty pty;
    const termios before = mode_of(pty.slave.get());
    console::Terminal terminal(pty.slave.get());
    terminal.restore();
    for (int round = 0; round < 2; ++round) {
        for (int times = 0; times < 2; ++times) terminal.make_raw();
        CHECK(is_raw(pty.slave.get()));
        for (int times = 0; times < 2; ++times) terminal.restore();
        CHECK(same(mode_of(pty.slave.get()), before));
    }
}

TEST_CASE("a terminal is suspended and resumed only while it is raw") {
    const test::Pty pty;
    const int fd = pty.slave.get();
    const termios before = mode_of(fd);
    console::Terminal terminal(fd);
    terminal.suspend();
    terminal.resume();
    CHECK(same(mode_of(fd), before));
    terminal.make_raw();
    for (int times = 0; times < 2; ++times) terminal.suspend();
    CHECK(same(mode_of(fd), before));
    terminal.make_raw();  // whoever waits goes on doing so
    CHECK(same(mode_of(fd), before));
    for (int times = 0; times < 2; ++times) terminal.resume();
    CHECK(is_raw(fd));
    REQUIRE(::tcsetattr(fd, TCSANOW, &before) == 0);  // a shell, after SIGSTOP
    terminal.resume();
    CHECK(is_raw(fd));
    terminal.suspend();
    terminal.restore();
    terminal.resume();
    CHECK(same(mode_of(fd), before));
}

TEST_CASE("the mode that a terminal got while it was suspended is the one that it gets back") {
    const test::Pty pty;
    console::Terminal terminal(pty.slave.get());
    terminal.make_raw();
    terminal.suspend();
    termios changed = mode_of(pty.slave.get());
    changed.c_cc[VERASE] = 'x';
    REQUIRE(::tcsetattr(pty.slave.get(), TCSANOW, &changed) == 0);
    terminal.resume();
    terminal.restore();
    CHECK(same(mode_of(pty.slave.get()), changed));
}

TEST_CASE("the terminal is the one that the descriptor meant in the beginning") {
    const test::Pty pty;
    const test::Pty other;
    base::Fd given = base::checked(::dup(pty.slave.get()), "dup");
    console::Terminal terminal(given.get());
    const int number = given.get();
    REQUIRE(::dup3(other.slave.get(), number, O_CLOEXEC) == number);
    terminal.make_raw();
    CHECK(is_raw(pty.slave.get()));
    CHECK_FALSE(is_raw(other.slave.get()));
}

TEST_CASE("what is no terminal has neither a mode nor a size") {
    const auto pipe = base::make_pipe();
    for (const int fd : {pipe[0].get(), -1}) {
        console::Terminal terminal(fd);
        CHECK_NOTHROW(terminal.make_raw());
        CHECK(terminal.size() == wire::WindowSize{});
    }
}

TEST_CASE("the size of a terminal is read anew each time") {
    const test::Pty pty;
    const console::Terminal terminal(pty.slave.get());
    for (const auto& size : {wire::WindowSize{24, 80}, wire::WindowSize{1000, 1}}) {
        winsize set{};
        set.ws_row = size.rows;
        set.ws_col = size.columns;
        REQUIRE(::ioctl(pty.master.get(), TIOCSWINSZ, &set) == 0);
        CHECK(terminal.size() == size);
    }
}

TEST_CASE("an output does not block, and those who share its descriptor see no change") {
    const test::Pty pty;
    const auto pipe = base::make_pipe();
    for (const int fd : {pipe[1].get(), pty.slave.get()}) {
        const auto sink = console::make_sink(fd, 0, wire::Stream::output);
        CHECK(sink.fd() != fd);
        CHECK_FALSE(blocks(sink.fd()));
        CHECK(blocks(fd));
        CHECK((::fcntl(sink.fd(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    const auto sockets = base::make_socket_pair();
    const auto sink = console::make_sink(sockets[0].get(), 0, wire::Stream::output);
    CHECK(blocks(sockets[0].get()));
    CHECK(blocks(sink.fd()));  // written in portions that a writable socket takes
}

TEST_CASE("an output to the master of a pseudo terminal goes to this terminal and no other") {
    const test::Pty pty;
    console::Terminal terminal(pty.slave.get());
    terminal.make_raw();
    auto sockets = base::make_socket_pair();
    wire::Link link(std::move(sockets[0]));
    auto sink = console::make_sink(pty.master.get(), 0, wire::Stream::output);
    sink.take("text", link);
    sink.flush(link);
    pollfd entry{pty.slave.get(), POLLIN, 0};
    REQUIRE(::poll(&entry, 1, 5000) == 1);
    char text[8]{};
    CHECK(::read(pty.slave.get(), text, sizeof text) == 4);
    CHECK(std::string(text) == "text");
}
