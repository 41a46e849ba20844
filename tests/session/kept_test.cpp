// SPDX-License-Identifier: LGPL-2.1-or-later
// Sandboxes that outlive their starter, and processes beside the command, with libvirt itself.
#include "controllers.hpp"

#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/streams.hpp"
#include "support/traces.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace sandgraft;
using namespace sandgraft::test;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds long_enough{60000};

Sandbox shell(const std::string& name, const std::string& script) {
    return {.name = name, .payload = Command{.argv = {"sh", "-c", script}}};
}

/// What a program says, and how it ends.
struct Result {
    std::string output;
    std::string error;
    int status = -1;
};

Result run(Instance& instance, const Program& program) {
    Result result;
    auto process = instance.exec(program, {.on_output = [&](std::string_view text) { result.output += text; },
                                           .on_error = [&](std::string_view text) { result.error += text; }});
    result.status = process.wait(long_enough).value_or(-1);
    return result;
}

bool is_gone(const std::string& path) {
    struct stat st {};
    for (int i = 0; i < 200; ++i) {
        if (::lstat(path.c_str(), &st) < 0) return true;
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

bool is_stopped(const Host& host, const std::string& name) {
    for (int i = 0; i < 200; ++i) {
        bool running = false;
        for (const auto& info : host.list()) running |= info.name == name && info.state == SandboxInfo::State::running;
        if (!running) return true;
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

}  // namespace

TEST_CASE("a sandbox runs other processes beside its command, over either channel") {
    const auto host = Host::open();
    for (const auto channel : {sandgraft::Channel::socket, sandgraft::Channel::console}) {
        auto instance = host.start(shell("", "exec sleep 1000"), {.channel = channel});
        const auto said = run(instance, {.argv = {"sh", "-c", "pwd; echo $X; echo oops >&2; exit 7"},
                                         .directory = "/usr",
                                         .environment = {{"X", "set"}}});
        CHECK(said.output == "/usr\nset\n");
        CHECK(said.error == "oops\n");
        CHECK(said.status == 7);
        CHECK(run(instance, {.argv = {"/nonexistent"}}).status == 127);
        CHECK(run(instance, {.argv = {"id", "-u"}, .user = "nobody"}).output == "65534\n");
        CHECK(error_of([&] { run(instance, {.argv = {"id"}, .user = "nosuchuser"}); }).find("nosuchuser") !=
              std::string::npos);
        CHECK_FALSE(instance.wait(0ms));
        instance.stop();
        CHECK(instance.wait(long_enough) == 143);
    }
}

TEST_CASE("a process that its handle leaves is killed") {
    const auto host = Host::open();
    auto instance = host.start(shell("", "exec sleep 1000"));
    {
        auto left = instance.exec({.argv = {"sleep", "4321"}});
        CHECK_FALSE(left.wait(300ms));
    }
    CHECK(run(instance,
              {.argv = {"sh", "-c", "i=0; while pgrep -x sleep -f 'sleep 4321' >/dev/null; do sleep 0.1; done"}})
              .status == 0);
}

TEST_CASE("a kept sandbox is found again by name, and ends with its command") {
    const auto host = Host::open();
    const std::string directory = "/run/sandgraft/kept-test";
    { const auto started = host.start_kept(shell("kept-test", "echo begun; read line; echo got $line; exit 5")); }
    auto instance = Instance::connect("kept-test");
    CHECK(run(instance, {.argv = {"echo", "here"}}).output == "here\n");
    CHECK(error_of([&] { (void)host.start_kept(shell("kept-test", "true")); }) ==
          "a sandbox named 'kept-test' runs already");
    Pipe input;
    std::string output;
    auto attached =
        instance.attach({.kept_output = true},
                        {.input = input.read.get(), .on_output = [&](std::string_view text) { output += text; }});
    base::write_all(input.write.get(), "words\n", "the pipe");
    CHECK(attached.wait(long_enough) == 5);
    CHECK(output == "begun\ngot words\n");
    CHECK(instance.wait(long_enough) == 5);
    CHECK(is_gone(directory));
    CHECK(is_stopped(host, "kept-test"));
    CHECK(error_of([] { (void)Instance::connect("kept-test"); }) == "no sandbox named 'kept-test' is kept running");
}

TEST_CASE("a defined sandbox is started, stopped and started again, and its definition stays") {
    const auto host = Host::open();
    host.define(shell("kept-defined", "echo up; exec sleep 1000"));
    for (int i = 0; i < 2; ++i) {
        std::string output;
        auto instance =
            host.start_kept("kept-defined", {.streams = {.on_output = [&](std::string_view text) { output += text; }}});
        CHECK(error_of([&] { (void)host.start_kept("kept-defined"); }) ==
              "the sandbox 'kept-defined' is running already");
        CHECK(Instance::connect("kept-defined").name() == "kept-defined");
        while (output.empty()) CHECK_FALSE(instance.wait(50ms));
        CHECK(output == "up\n");
        Instance::connect("kept-defined").stop();
        CHECK(instance.wait(long_enough) == 143);
        CHECK(is_stopped(host, "kept-defined"));
        CHECK(host.find("kept-defined").info.defined);
        CHECK(is_gone("/run/sandgraft/kept-defined"));
    }
    host.undefine("kept-defined");
}

TEST_CASE("all who follow a kept sandbox's command are told that it cannot be executed") {
    const auto host = Host::open();
    std::string output;
    const Sandbox broken{.name = "kept-broken", .payload = sandgraft::Command{.argv = {"/nonexistent"}}};
    auto attached = host.start_kept(broken, {.streams = {.on_output = [&](std::string_view text) { output += text; }}});
    CHECK(attached.wait(long_enough) == 127);
    CHECK(attached.command().start_error() == "No such file or directory");
    CHECK(output.empty());
    CHECK(is_stopped(host, "kept-broken"));
    CHECK(host.start_kept(broken).wait(long_enough) == 127);
}

TEST_CASE("a kept sandbox is ended at once") {
    const auto host = Host::open();
    auto instance = host.start_kept(shell("kept-destroyed", "trap '' TERM; while :; do sleep 1; done"));
    instance.destroy();
    CHECK(error_of([&] { (void)instance.wait(long_enough); }) == "the sandbox ended before its command did");
    CHECK(is_stopped(host, "kept-destroyed"));
}

TEST_CASE("whoever of a kept sandbox is killed, it ends and leaves nothing") {
    const auto host = Host::open();
    const auto before = traces();
    const auto keeper = [] { return find_process("sandgraft-keeper", "kept-killed"); };
    const auto controller = [] { return controller_of("kept-killed"); };
    const auto init = [] { return init_of("kept-killed"); };
    for (const auto& find : {std::function<std::optional<pid_t>()>(keeper), {controller}, {init}}) {
        auto instance = host.start_kept(shell("kept-killed", "exec sleep 1000"));
        REQUIRE(::kill(find().value(), SIGKILL) == 0);
        CHECK_FALSE(error_of([&] { (void)instance.wait(long_enough); }).empty());
        CHECK(is_gone("/run/sandgraft/kept-killed"));
        CHECK(is_stopped(host, "kept-killed"));
        CHECK(eventually([&] { return !keeper() && !controller(); }));
        CHECK(no_trace_since(before));
    }
}

TEST_CASE("a program's own loop starts fifty processes in one thread") {
    const auto host = Host::open();
    auto instance = host.start(shell("", "exec sleep 1000"));
    int ended = 0;
    std::vector<std::string> outputs(50);
    std::vector<Process> processes;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        processes.push_back(instance.exec({.argv = {"sh", "-c", "echo " + std::to_string(i)}},
                                          {.on_output = [&outputs, i](std::string_view text) { outputs[i] += text; },
                                           .on_exit = [&ended] { ++ended; }}));
    while (ended < 50) {
        pollfd entry{instance.descriptor(), POLLIN, 0};
        REQUIRE(::poll(&entry, 1, 60000) == 1);
        instance.dispatch();
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        CHECK(outputs[i] == std::to_string(i) + "\n");
        CHECK(processes[i].exit() == Exit{});
    }
}
