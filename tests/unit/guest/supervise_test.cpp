// SPDX-License-Identifier: LGPL-2.1-or-later
// Init's supervision of a real command, with a scripted host. To be run as root, since every command changes its user.
#include "guest/supervise.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/peer.hpp"
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
using test::ReceivedFrame;
using How = Exited::How;

namespace {

using Words = std::vector<std::string>;

guest::ProcessSpec spec_of(Words argv) {
    guest::ProcessSpec spec;
    spec.oom_score = 70;
    spec.directory = "/";
    spec.argv = std::move(argv);
    spec.environment = {"PATH=/usr/bin:/bin"};
    return spec;
}

/// Init as a process of its own, as it is in a sandbox: it blocks signals and reaps whatever ends.
class Init {
public:
    explicit Init(const std::string& script, bool terminal = false) : Init(Words{"sh", "-c", script}, terminal) {}
    /// @param events  the file in which the kernel counts those that it has killed.
    /// @param version  of the protocol, which both sides speak.
    Init(Words argv, bool terminal, const std::string& events = {}, std::uint16_t version = newest_version)
        : Init(base::make_socket_pair(), std::move(argv), terminal, events, version) {}
    ~Init() {
        host.close();
        ::waitpid(process_, nullptr, 0);
    }
    Init(const Init&) = delete;
    Init& operator=(const Init&) = delete;

    /// Grants credit for what comes and collects it until the frame that ends the command.
    Exited result() {
        while (const auto frame = host.receive()) {
            const Frame seen{frame->type, frame->stream, 0, frame->payload};
            if (frame->type == FrameType::exited) return decode_exited(seen, version_);
            if (frame->type == FrameType::eof) eofs[frame->stream] += 1;
            if (frame->type != FrameType::data) continue;
            output[frame->stream] += frame->payload;
            host.send(encode_credit(0, decode_stream(seen), static_cast<std::uint32_t>(frame->payload.size())));
        }
        FAIL("init ended without telling the command's end");
        return {};
    }

    void send(Stream stream, std::string_view text) const { host.send(encode_data(0, stream, text)); }

    test::Peer host;
    std::map<int, std::string> output;
    std::map<int, int> eofs;

private:
    Init(std::array<base::Fd, 2> pair, Words argv, bool terminal, const std::string& events, std::uint16_t version)
        : host(std::move(pair[1])), version_(version) {
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ != 0) return;
        host.close();
        std::signal(SIGPIPE, SIG_IGN);
        Link link(std::move(pair[0]));
        try {
            const WindowSize window{24, 80};
            const guest::MemoryWatch memory(base::Fd(::open(events.c_str(), O_RDONLY | O_CLOEXEC)));
            guest::supervise(link, version, spec_of(std::move(argv)), terminal ? &window : nullptr, memory);
        } catch (const Error& error) {
            link.send(encode_failed(0, error.what()));
        }
        ::_exit(0);
    }

    std::uint16_t version_;
    pid_t process_ = -1;
};

constexpr int output = 1;
constexpr int error = 2;

}  // namespace

TEST_CASE("a command's streams and status reach the host") {
    Init init("cat; echo oops >&2; exit 7");
    CHECK(init.host.receive()->type == FrameType::ready);
    init.send(Stream::input, "hello");
    init.host.send(encode_eof(0, Stream::input));
    CHECK(init.result() == Exited{How::status, 7});
    CHECK(init.output[output] == "hello");
    CHECK(init.output[error] == "oops\n");
}

TEST_CASE("ends by a signal and commands that cannot start are told as such") {
    CHECK(Init("kill -9 $$").result() == Exited{How::signal, 9});
    CHECK(Init(Words{"/nonexistent"}, false).result() == Exited{How::not_started, ENOENT});
    CHECK(Init(Words{"/etc"}, false).result() == Exited{How::not_started, EACCES});
}

TEST_CASE("a host that speaks version 1 is told the end as that has it") {
    CHECK(Init({"sh", "-c", "exit 7"}, false, {}, 1).result() == Exited{How::status, 7});
    CHECK(Init({"/nonexistent"}, false, {}, 1).result() == Exited{How::not_started, ENOENT});
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
        CHECK(Init({"sh", "-c", row.script, tree.at("events")}, false, tree.at("events")).result() == row.exited);
    }
    CHECK(Init("exit 3").result() == Exited{How::status, 3});
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
    CHECK(init.host.receive()->type == FrameType::ready);
    CHECK(init.host.receive()->payload == "closed\n");
    init.send(Stream::input, "text");
    CHECK(init.result() == Exited{});
    CHECK(init.eofs[0] == 1);

    Init writer("exec yes");
    writer.host.send(encode_eof(0, Stream::output));
    CHECK(writer.result() == Exited{How::signal, SIGPIPE});
}

TEST_CASE("signals and stop reach the command's process group") {
    Init init("trap 'echo hup' HUP; echo ready; while :; do sleep 0.05; done");
    while (init.output[output] != "ready\n") init.output[output] += init.host.receive()->payload;
    init.host.send(encode_signal(0, SIGHUP));
    while (init.output[output] != "ready\nhup\n") {
        const auto frame = init.host.receive();
        REQUIRE(frame);
        if (frame->stream == output) init.output[output] += frame->payload;
    }
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
        {encode(Hello{.oldest = 3, .newest = 4}),
         "the peer speaks versions 3 to 4 of the channel protocol, this side versions 1 to 2"},
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
    for (const auto& bad : {encode_empty(0, FrameType::ready), encode(Frame{FrameType::data, 1, 0, "x"}),
                            encode(Frame{FrameType::data, 0, 9, "x"}), encode_credit(0, Stream::output, 1)}) {
        Init init("exec sleep 60");
        CHECK(init.host.receive()->type == FrameType::ready);
        init.host.send(bad);
        CHECK(init.host.receive()->type == FrameType::failed);
    }
}
