// SPDX-License-Identifier: LGPL-2.1-or-later
// The processes that a scripted host starts beside the command. To be run as root, as supervise_test.cpp.
#include "guest/init_process.hpp"
#include "support/catch.hpp"
#include "support/temp_tree.hpp"

#include <sys/resource.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

using namespace sandgraft;
using namespace sandgraft::wire;
using test::becomes;
using test::Init;
using How = Exited::How;
using Numbers = std::vector<std::uint16_t>;

namespace {

constexpr int output = 1;
constexpr int error = 2;
const std::string command = "exec sleep 1000";
const Exited killed{How::signal, SIGKILL};

/// Reads lines KEY:VALUE such as those of /proc/self/status.
std::string value_of(const std::string& text, const std::string& key) {
    const auto begin = text.find(key + ":\t");
    if (begin == std::string::npos) return "none";
    const auto value = begin + key.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
}

std::string status_as(const std::string& user) {
    auto spec = test::spec_of({"sleep", "1000"});
    spec.capabilities = 0x2A;
    Init init(spec);
    init.exec(1, {.user = user, .argv = {"cat", "/proc/self/status"}});
    CHECK(init.result(1) == Exited{});
    return init.told[1].output[output];
}

bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0; }

std::size_t descriptors_of(pid_t pid) {
    const std::filesystem::directory_iterator found("/proc/" + std::to_string(pid) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(found), end(found)));
}

rlim_t most_descriptors() {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_max;
}

}  // namespace

TEST_CASE("a process has streams, an environment, a directory and a status of its own") {
    auto spec = test::spec_of({"sh", "-c", "cat; exit 3"});
    spec.environment = {"PATH=/usr/bin:/bin", "A=command", "B=command"};
    Init init(spec);
    init.exec(
        7,
        {.directory = "/usr", .argv = {"sh", "-c", "cat; echo $A $B >&2; pwd; exit 4"}, .environment = {"B=process"}});
    init.send(Stream::input, "to the process\n", 7);
    init.send(Stream::input, "to the command\n");
    init.host.send(encode_eof(7, Stream::input));
    CHECK(init.result(7) == Exited{How::status, 4});
    CHECK(init.told[7].output[output] == "to the process\n/usr\n");
    CHECK(init.told[7].output[error] == "command process\n");
    CHECK(init.told[7].eofs[output] + init.told[7].eofs[error] <= 2);
    init.host.send(encode_eof(0, Stream::input));
    CHECK(init.result() == Exited{How::status, 3});
    CHECK(init.output[output] == "to the command\n");
}

TEST_CASE("a process has the command's capabilities when its user is the command's or root") {
    for (const auto* user : {"", "0", "root:12"}) {
        INFO(user);
        const auto status = status_as(user);
        for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
            CHECK(value_of(status, set) == "000000000000002a");
        CHECK(value_of(status, "NoNewPrivs") == "1");
        CHECK(value_of(status, "Uid") == "0\t0\t0\t0");
    }
    const auto status = status_as("65534:12");
    for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
        CHECK(value_of(status, set) == "0000000000000000");
    CHECK(value_of(status, "Uid") == "65534\t65534\t65534\t65534");
    CHECK(value_of(status, "Gid") == "12\t12\t12\t12");
    CHECK(value_of(status, "Groups").find_first_of("0123456789") == std::string::npos);
}

TEST_CASE("a process of another user can open its streams anew, and finds that user in its environment") {
    Init init(command);
    init.exec(1,
              {.user = "65534", .argv = {"sh", "-c", "echo $HOME >/dev/stdout; echo e >/dev/stderr; cat /dev/stdin"}});
    init.send(Stream::input, "in", 1);
    init.host.send(encode_eof(1, Stream::input));
    CHECK(init.result(1) == Exited{});
    CHECK(init.told[1].output[output].ends_with("in"));
    CHECK(init.told[1].output[output].starts_with("/"));
    CHECK(init.told[1].output[error] == "e\n");
}

TEST_CASE("what cannot be started is told, disturbs nobody, and its number is free") {
    Init init(command);
    struct {
        ExecConfig config;
        Exited exited;
    } const not_executed[] = {
        {{.argv = {"/nonexistent"}}, {How::not_started, ENOENT}},
        {{.argv = {"no-such-program"}}, {How::not_started, ENOENT}},
        {{.argv = {"/etc"}}, {How::not_started, EACCES}},
    };
    for (const auto& row : not_executed) {
        init.exec(5, row.config);
        CHECK(init.result(5) == row.exited);
        CHECK_FALSE(init.told[5].ready);
    }
    struct {
        ExecConfig config;
        std::string reason;
    } const refused[] = {
        {{.user = "nobody-has-this-name", .argv = {"true"}},
         "the sandbox's /etc/passwd has no user 'nobody-has-this-name'"},
        {{.user = "0:no-such-group", .argv = {"true"}}, "the sandbox's /etc/group has no group 'no-such-group'"},
        {{.directory = "/nonexistent", .argv = {"true"}},
         "cannot start in the directory '/nonexistent' of the sandbox: No such file or directory"},
    };
    for (const auto& row : refused) {
        init.exec(5, row.config);
        CHECK(init.refusal(5) == row.reason);
    }
    init.told[5] = {};
    init.host.send(encode_exec(5, "colour=red;"));
    CHECK(init.refusal(5) == "process: unknown field 'colour'");
    init.exec_script(5, "exit 6");
    CHECK(init.result(5) == Exited{How::status, 6});
}

TEST_CASE("input that comes before a process runs waits for it, and nothing is told of it before") {
    Init init(command);
    for (const bool ends : {true, false}) {
        init.exec(1, {.argv = {"sh", "-c", ends ? "cat" : "exec 0<&-; sleep 0.1"}});
        for (int i = 0; i < 4; ++i) init.send(Stream::input, std::string(max_payload, 'x'), 1);
        if (ends) init.host.send(encode_eof(1, Stream::input));
        CHECK(init.result(1) == Exited{});
        CHECK(init.told[1].output[output].size() == (ends ? stream_window : 0));
    }
}

TEST_CASE("a number that is in use is refused, and who has it runs on") {
    Init init(command);
    init.exec_script(5, "read line; echo $line");
    init.until([&] { return init.told[5].ready; });
    init.exec_script(5, "echo other");
    CHECK(init.refusal(5) == "the process 5 runs already");
    init.told[5] = {.ready = true, .output = {}, .eofs = {}, .exited = {}, .failed = {}};
    init.send(Stream::input, "first\n", 5);
    CHECK(init.result(5) == Exited{});
    CHECK(init.told[5].output[output] == "first\n");
}

TEST_CASE("frames for a number without a process have crossed its end, and are ignored") {
    Init init(command);
    for (const auto number : Numbers{1, 77, 1024})
        init.host.send(encode_data(number, Stream::input, "x") + encode_eof(number, Stream::input) +
                       encode_credit(number, Stream::output, 1) + encode_window_size(number, {1, 1}) +
                       encode_signal(number, SIGKILL) + encode_empty(number, FrameType::stop));
    init.exec_script(1, "exit 9");
    CHECK(init.result(1) == Exited{How::status, 9});
}

TEST_CASE("a host that breaks the protocol of a process is told") {
    for (const auto& bad :
         {encode_empty(1, FrameType::ready), encode_data(1, Stream::output, "x"), encode_credit(1, Stream::output, 1),
          encode_credit(1, Stream::input, 1), encode(Frame{FrameType::signal, 0, 1, "xy"}),
          encode_exec(most_processes + 1, encode(ExecConfig{.argv = {"true"}}))}) {
        Init init(command);
        init.exec_script(1, command);
        init.until([&] { return init.told[1].ready; });
        init.host.send(bad);
        init.until([&] { return init.told[0].over(); });
        CHECK(init.told[0].failed);
    }
}

TEST_CASE("a host that speaks version 1 has no processes beside the command") {
    for (const auto& said : {encode_exec(1, encode(ExecConfig{.argv = {"true"}})), encode_signal(1, SIGTERM)}) {
        Init init({"sleep", "1000"}, {.version = 1});
        init.host.send(said);
        init.until([&] { return init.told[0].over(); });
        CHECK(init.told[0].failed == "the host named the unknown process 1");
    }
}

TEST_CASE("200 processes at once have every byte and status right, while one of them is never read") {
    constexpr std::uint16_t count = 200;
    constexpr std::uint16_t flood = 201;
    Init init(command);
    init.unread = {flood};
    init.exec_script(flood, "exec yes");
    std::mt19937 random(8);
    std::vector<std::string> sent(count + 1);
    for (std::uint16_t n = 1; n <= count; ++n) {
        init.exec_script(n, "cat; echo $1 >&2; head -c 700000 /dev/zero; exit " + std::to_string(n));
        sent[n].assign(random() % 300'000, static_cast<char>('a' + n % 26));
    }
    for (std::uint16_t n = 1; n <= count; ++n) {
        for (std::size_t at = 0; at < sent[n].size(); at += max_payload)
            init.send(Stream::input, std::string_view(sent[n]).substr(at, max_payload), n);
        init.host.send(encode_eof(n, Stream::input));
    }
    for (std::uint16_t n = 1; n <= count; ++n) {
        INFO(n);
        CHECK(init.result(n) == Exited{How::status, n});
        CHECK(init.told[n].output[output] == sent[n] + std::string(700'000, '\0'));
        CHECK(init.told[n].output[error] == "\n");
    }
    CHECK(init.told[flood].output[output].size() == stream_window);
    init.stop(flood);
    CHECK(init.result(flood) == killed);
}

TEST_CASE("a process that is cancelled ends with its group, and its number is free") {
    Init init(command);
    init.exec_script(5, "trap '' TERM HUP; sleep 1000 & echo $$ $!; yes >&2 & wait");
    init.unread = {5};
    init.until([&] { return init.told[5].output[output].ends_with('\n'); });
    std::istringstream pids(init.told[5].output[output]);
    pid_t leader = 0;
    pid_t follower = 0;
    pids >> leader >> follower;
    CHECK(is_alive(follower));
    init.stop(5);
    CHECK(init.result(5) == killed);
    CHECK_FALSE(is_alive(leader));
    CHECK(becomes([&] { return !is_alive(follower); }));
    init.unread = {};
    init.exec_script(5, "echo new; exit 2");
    CHECK(init.result(5) == Exited{How::status, 2});
    CHECK(init.told[5].output[output] == "new\n");
}

TEST_CASE("a process may be cancelled while it starts, and while its orders come") {
    Init init(command);
    for (std::uint16_t n = 1; n <= 50; ++n) {
        init.exec_script(n, command);
        init.stop(n);
    }
    for (std::uint16_t n = 1; n <= 50; ++n) CHECK(init.result(n) == killed);
    init.host.send(encode(Frame{FrameType::exec, 0, 1, std::string_view("\0user=", 6)}));
    init.told[1] = {};
    init.stop(1);
    CHECK(init.refusal(1) == "it was cancelled");
    init.exec_script(1, "exit 5");
    CHECK(init.result(1) == Exited{How::status, 5});
}

TEST_CASE("what a process leaves behind keeps neither its end nor its number back") {
    Init init(command);
    for (const char* script : {"sleep 1000 & echo done", "echo done; yes >&2 & sleep 0.1"}) {
        init.exec_script(3, script);
        CHECK(init.result(3) == Exited{});
        CHECK(init.told[3].output[output] == "done\n");
    }
}

TEST_CASE("signals go to the process that they are for") {
    Init init("trap 'echo command' USR1; echo ready; while :; do sleep 0.05; done");
    init.exec_script(1, "trap 'echo hup; exit 4' HUP; echo ready; while :; do sleep 0.05; done");
    init.until([&] { return init.told[1].output[output] == "ready\n" && init.output[output] == "ready\n"; });
    init.host.send(encode_signal(1, SIGHUP));
    CHECK(init.result(1) == Exited{How::status, 4});
    CHECK(init.output[output] == "ready\n");
    CHECK(init.told[1].output[output] == "ready\nhup\n");
}

TEST_CASE("a process has a terminal of its own, with a size, job control and the keys that make signals") {
    Init init(command);
    init.exec(1, {.terminal = true,
                  .window = {50, 132},
                  .argv = {"sh", "-c",
                           "stty size; tty; set -m; sleep 1000 & kill -STOP %1; kill -KILL %1; wait %1; echo job $?; "
                           "read line; stty size; echo term $TERM; exec sleep 1000"}});
    init.until([&] { return init.told[1].output[output].find("job 137") != std::string::npos; });
    init.host.send(encode_window_size(1, {24, 80}));
    init.send(Stream::input, "\n", 1);
    init.until([&] { return init.told[1].output[output].find("term linux") != std::string::npos; });
    init.send(Stream::input, "\x03", 1);
    CHECK(init.result(1) == Exited{How::signal, SIGINT});
    const auto& seen = init.told[1].output[output];
    CHECK(seen.starts_with("50 132\r\n/dev/pts/"));
    CHECK(seen.find("24 80\r\n") != std::string::npos);
    CHECK(init.told[1].output[error].empty());
}

TEST_CASE("the end of the command is that of all processes, and the last that is told") {
    Init init("read line; exit 3");
    init.unread = {2};
    init.exec_script(1, "trap '' TERM HUP INT; while :; do sleep 1; done");
    init.exec_script(2, "exec yes");
    init.exec(3, {.terminal = true, .argv = {"sleep", "1000"}});
    init.exec_script(4, "exit 5");
    CHECK(init.result(4) == Exited{How::status, 5});
    init.until([&] { return init.told[2].output[output].size() == stream_window && init.told[3].ready; });
    init.send(Stream::input, "\n");
    CHECK(init.result() == Exited{How::status, 3});
    for (const auto n : Numbers{1, 2, 3}) CHECK(init.told[n].exited == killed);
    init.host.send(encode_exec(9, encode(ExecConfig{.argv = {"true"}})) + encode_empty(1, FrameType::stop));
    CHECK_FALSE(init.host.receive(200));
    init.stop(0);
    CHECK_FALSE(init.take());
}

TEST_CASE("a command that could not start ends what was started beside it") {
    Init init(test::Words{"/nonexistent"});
    init.exec_script(1, command);
    CHECK(init.result() == Exited{How::not_started, ENOENT});
    CHECK((!init.told[1].ready || init.told[1].exited == killed));
}

TEST_CASE("processes that flood the channel share it") {
    Init init(command);
    for (const auto n : Numbers{1, 2, 3}) init.exec_script(n, "exec yes");
    const auto size = [&](std::uint16_t n) { return init.told[n].output[output].size(); };
    init.until([&] { return size(1) > 0 && size(2) > 0 && size(3) > 0; });
    init.told[1].output = init.told[2].output = init.told[3].output = {};
    init.until([&] { return size(1) + size(2) + size(3) > 60'000'000; });
    for (const auto n : Numbers{1, 2, 3}) CHECK(size(n) > 12'000'000);
}

TEST_CASE("init keeps neither descriptors nor zombies of processes that are over") {
    Init init(command);
    init.exec_script(1, "exit 0");
    init.until([&] { return init.told[0].ready && init.told[1].over(); });
    const auto before = descriptors_of(init.pid);
    for (int i = 0; i < 60; ++i) {
        init.exec_script(1, i % 3 == 0 ? "sleep 1000 & exit 0" : "(exit 0) & exec cat");
        init.exec(2, {.terminal = true, .argv = {i % 2 == 0 ? "/nonexistent" : "cat"}});
        init.stop(i % 3 == 0 ? 3 : 1);
        init.stop(2);
        init.until([&] { return init.told[1].over() && init.told[2].over(); });
    }
    CHECK(becomes([&] { return descriptors_of(init.pid) == before; }));
    const auto zombies = [&] {
        const std::string count = "ps -o stat= --ppid " + std::to_string(init.pid) + " | grep -q Z";
        return std::system(count.c_str()) == 0;
    };
    CHECK(becomes([&] { return !zombies(); }));
}

TEST_CASE("a process has the limit of descriptors that init was started with") {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    const auto expected = std::to_string(limit.rlim_cur) + " " + std::to_string(limit.rlim_max) + "\n";
    Init init("echo $(ulimit -Sn) $(ulimit -Hn); read line");
    init.exec_script(1, "echo $(ulimit -Sn) $(ulimit -Hn)");
    CHECK(init.result(1) == Exited{});
    CHECK(init.told[1].output[output] == expected);
    init.until([&] { return init.output[output] == expected; });
}

TEST_CASE("1024 processes run at once") {
    if (most_descriptors() < 4 * most_processes) return;
    Init init(command);
    for (std::uint16_t n = 1; n <= most_processes; ++n) init.exec(n, {.argv = {"cat"}});
    for (std::uint16_t n = 1; n <= most_processes; ++n) init.until([&] { return init.told[n].ready; });
    for (std::uint16_t n = 1; n <= most_processes; ++n) {
        init.send(Stream::input, std::to_string(n), n);
        init.host.send(encode_eof(n, Stream::input));
    }
    for (std::uint16_t n = 1; n <= most_processes; ++n) {
        CHECK(init.result(n) == Exited{});
        CHECK(init.told[n].output[output] == std::to_string(n));
    }
}
