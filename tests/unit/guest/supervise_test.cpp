// SPDX-License-Identifier: LGPL-2.1-or-later
// Init's supervision of a real command, with a scripted host. To be run as root, since every command changes its user.
#include "guest/greeting.hpp"

#include "guest/init_process.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"
#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <sstream>
#include <thread>

using namespace sandgraft;
using namespace sandgraft::wire;
using test::Init;
using test::Words;
using How = Exited::How;

namespace {

constexpr int output = 1;
constexpr int error = 2;

}  // namespace

TEST_CASE("a command's streams and status reach the host") {
    Init init("cat; echo oops >&2; exit 7");
    init.send(Stream::input, "hello");
    init.host.send(encode_eof(0, Stream::input));
    CHECK(init.result() == Exited{How::status, 7});
    CHECK(init.output[output] == "hello");
    CHECK(init.output[error] == "oops\n");
}

TEST_CASE("ends by a signal and commands that cannot start are told as such") {
    CHECK(Init("kill -9 $$").result() == Exited{How::signal, 9});
    CHECK(Init(Words{"/nonexistent"}).result() == Exited{How::not_started, ENOENT});
    CHECK(Init(Words{"/etc"}).result() == Exited{How::not_started, EACCES});
}

TEST_CASE("a host that speaks version 1 is told the end as that has it") {
    CHECK(Init(Words{"sh", "-c", "exit 7"}, {.version = 1}).result() == Exited{How::status, 7});
    CHECK(Init(Words{"/nonexistent"}, {.version = 1}).result() == Exited{How::not_started, ENOENT});
}

TEST_CASE("the end tells whether the kernel has killed for want of memory meanwhile") {
    struct {
        const char* script;  ///< with the events' file as $0
        Exited exited;
    } const rows[] = {
        {"exit 3", {How::status, 3}},
        {"echo oom_kill 8 >$0; kill -9 $$", {How::signal, 9, true}},
        {"printf 'oom_kill_disable 0\\noom_kill 9\\n' >$0", {How::status, 0, true}},
        {"echo oom_kill 7 >$0; kill -9 $$", {How::signal, 9}},
        {"echo oom_kill >$0", {How::status, 0}},
        {"echo oom_kill_disable 9 >$0", {How::status, 0}},
    };
    for (const auto& row : rows) {
        INFO(row.script);
        test::TempTree tree;
        tree.file("events", "low 0\noom 9\noom_kill 7\noom_group_kill 0\n");
        CHECK(Init(Words{"sh", "-c", row.script, tree.at("events")}, {.events = tree.at("events")}).result() ==
              row.exited);
    }
    CHECK(Init("exit 3").result() == Exited{How::status, 3});
}

TEST_CASE("the end tells the most memory that the sandbox has had") {
    test::TempTree tree;
    tree.file("peak", "4096\n");
    CHECK(Init(Words{"sh", "-c", "echo 8192 >$0", tree.at("peak")}, {.peak = tree.at("peak")}).result() ==
          Exited{How::status, 0, false, 8192});
    CHECK(Init(Words{"sh", "-c", "echo much >$0", tree.at("peak")}, {.peak = tree.at("peak")}).result() == Exited{});
}

TEST_CASE("what libvirt asks of the init of System V ends the command, and the host is told") {
    struct {
        const char* runlevels;
        Exited exited;
    } const rows[] = {
        {"0", {How::signal, SIGTERM, false, 0, true}},
        {"6", {How::signal, SIGTERM, false, 0, true}},
        {"16", {How::signal, SIGTERM, false, 0, true}},
        {"1", {How::status, 3}},
    };
    for (const auto& row : rows) {
        INFO(row.runlevels);
        test::TempTree tree;
        tree.fifo("initctl");
        Init init(Words{"sh", "-c", "read line; exit 3"}, {.requests = tree.at("initctl")});
        init.until([&] { return init.told[0].ready; });
        const base::Fd fifo(::open(tree.at("initctl").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        for (const char* runlevel = row.runlevels; *runlevel != 0; ++runlevel) {
            const std::array<std::uint32_t, 96> request = {0x03091969, 1, static_cast<std::uint32_t>(*runlevel)};
            REQUIRE(::write(fifo.get(), request.data(), sizeof request) == sizeof request);
        }
        if (!row.exited.stopped) init.send(Stream::input, "go on\n");
        CHECK(init.result() == row.exited);
    }
}

TEST_CASE("an end that the hypervisor wishes for waits for the host, but not for ever") {
    test::TempTree tree;
    tree.fifo("initctl");
    Init init(Words{"sleep", "1000"}, {.requests = tree.at("initctl")});
    init.until([&] { return init.told[0].ready; });
    const base::Fd fifo(::open(tree.at("initctl").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    const std::array<std::uint32_t, 96> request = {0x03091969, 1, '0'};
    REQUIRE(::write(fifo.get(), request.data(), sizeof request) == sizeof request);
    CHECK(init.result().stopped);
    CHECK(::waitpid(init.pid, nullptr, WNOHANG) == 0);
    CHECK(test::becomes([&] { return ::waitpid(init.pid, nullptr, WNOHANG) != 0; }));
}

TEST_CASE("a command is killed before init when memory is short") {
    Init init("cat /proc/self/oom_score_adj /proc/$PPID/oom_score_adj");
    CHECK(init.result() == Exited{});
    std::istringstream scores(init.output[output]);
    int commands = 0;
    int inits = 0;
    scores >> commands >> inits;
    CHECK(commands == std::min(std::max(inits, 0) + 70, 1000));
}

TEST_CASE("the highest score is the kernel's, however much is asked for") {
    for (const unsigned score : {1000U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        INFO(score);
        const pid_t child = ::fork();
        if (child == 0) {
            guest::offer_to_be_killed(1);  // what the other one adds to
            guest::offer_to_be_killed(score);
            ::_exit(base::read_file("/proc/self/oom_score_adj", 16) == "1000\n" ? 0 : 1);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
}

TEST_CASE("all output comes before the end, more than the pipes and the credit hold") {
    Init init("head -c 3000000 /dev/zero; head -c 1000000 /dev/zero >&2");
    CHECK(init.result() == Exited{});
    CHECK(init.output[output].size() == 3000000);
    CHECK(init.output[error].size() == 1000000);
}

TEST_CASE("what a command leaves behind keeps neither its end nor its output back") {
    for (const char* script : {"sleep 3 & echo done", "echo done; yes >&2 & sleep 0.1", "yes & sleep 0.1; echo done"}) {
        INFO(script);
        Init init(script);
        CHECK(init.result() == Exited{});
        CHECK(init.output[output].find("done") != std::string::npos);
    }
}

TEST_CASE("nothing follows the command's end, whatever the host still sends") {
    Init init("exec 0<&-; exit 3");
    CHECK(init.result() == Exited{How::status, 3});
    for (int i = 0; i < 4; ++i) init.send(Stream::input, std::string(max_payload, 'x'));
    init.host.send(encode_eof(0, Stream::input) + encode_signal(0, 15));
    CHECK_FALSE(init.host.receive(100));
    init.host.send(encode_empty(0, FrameType::stop));
    CHECK_FALSE(init.host.receive());
}

TEST_CASE("a command that closes its input makes the host stop, and one that is not read stops") {
    Init init("exec 0<&-; echo closed; sleep 0.3");
    init.until([&] { return init.output[output] == "closed\n"; });
    init.send(Stream::input, "text");
    CHECK(init.result() == Exited{});
    CHECK(init.eofs[0] == 1);

    Init writer("exec yes");
    writer.host.send(encode_eof(0, Stream::output));
    CHECK(writer.result() == Exited{How::signal, SIGPIPE});
}

TEST_CASE("signals and stop reach the command's process group") {
    Init init("trap 'echo hup' HUP; echo ready; while :; do sleep 0.05; done");
    init.until([&] { return init.output[output] == "ready\n"; });
    init.host.send(encode_signal(0, SIGHUP));
    init.until([&] { return init.output[output] == "ready\nhup\n"; });
    init.host.send(encode_empty(0, FrameType::stop));
    CHECK(init.result() == Exited{How::signal, SIGTERM});
}

TEST_CASE("a terminal has the size of the host's, and the end of input is its end-of-file character") {
    Init init("stty size; cat; stty size", true);
    init.host.send(encode_window_size(0, WindowSize{50, 132}));
    init.send(Stream::input, "text\n");
    init.host.send(encode_eof(0, Stream::input));
    CHECK(init.result() == Exited{});
    CHECK(init.output[output].find("text\r\n") != std::string::npos);
    CHECK(init.output[output].find("50 132\r\n") != std::string::npos);
}

TEST_CASE("init takes the host's greeting and orders, in this order and of a version that it speaks") {
    const std::string orders(300'000, 'x');
    const std::string hello = encode(Hello{.window = {24, 80}});
    struct {
        std::string said;
        std::string error;
        std::uint16_t version = newest_version;
    } const rows[] = {
        {hello + encode_config(orders), "no error"},
        {encode(Hello{.newest = 7, .window = {24, 80}}) + encode_config(orders), "no error"},
        {encode(Hello{.newest = 1, .window = {24, 80}}) + encode_config(orders), "no error", 1},
        {encode(Hello{.oldest = 4, .newest = 5}),
         "the peer speaks versions 4 to 5 of the channel protocol, this side versions 1 to 3"},
        {encode_config(orders), "the host sent an unexpected frame 'config'"},
        {hello + hello, "the host sent an unexpected frame 'hello'"},
        {hello + encode(Frame{FrameType::config, 0, 0, "x"}), "the peer sent a malformed frame 'config'"},
        {hello + encode(Frame{FrameType::config, 0, 0, {}}), "the peer sent a malformed frame 'config'"},
        {hello, "the host went away"},
    };
    for (const auto& row : rows) {
        INFO(row.error);
        auto [near, far] = base::make_socket_pair();
        test::Peer host(std::move(far));
        std::thread speaking([&] {
            host.send(row.said);
            ::shutdown(host.fd(), SHUT_WR);
        });
        guest::Orders received;
        Link link(std::move(near));
        CHECK(test::error_of([&] { received = guest::greet(link); }) == row.error);
        speaking.join();
        CHECK(host.receive()->type == FrameType::hello);
        if (row.error != "no error") continue;
        CHECK(received.version == row.version);
        CHECK(received.config == orders);
        CHECK(received.window == WindowSize{24, 80});
    }
}

TEST_CASE("a host that breaks the protocol is told") {
    for (const auto& bad : {encode_empty(0, FrameType::ready), encode_data(0, Stream::output, "x"),
                            encode_exec(0, "arg=true"), encode_credit(0, Stream::output, 1)}) {
        Init init("exec sleep 60");
        CHECK(init.host.receive()->type == FrameType::ready);
        init.host.send(bad);
        CHECK(init.host.receive()->type == FrameType::failed);
    }
}
