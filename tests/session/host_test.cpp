// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/host.hpp>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>

using namespace sandgraft;
using namespace std::chrono_literals;
using test::error_of;

namespace {

constexpr std::chrono::seconds long_enough{30};

struct Pipe {
    Pipe() : Pipe(base::make_pipe()) {}
    explicit Pipe(std::array<base::Fd, 2> ends) : read(std::move(ends[0])), write(std::move(ends[1])) {}

    std::string read_all() {
        write.reset();
        return base::read_all(read.get(), 1 << 20, "the pipe");
    }

    base::Fd read;
    base::Fd write;
};

Sandbox shell(const std::string& script) {
    Sandbox sandbox;
    sandbox.payload = Command{.argv = {"sh", "-c", script}};
    return sandbox;
}

/// Of a destroyed sandbox: init may have told by which signal the command ended before it was ended as well.
bool tells_its_end(Instance& instance) {
    std::optional<int> status;
    const std::string reason = error_of([&] { status = instance.wait(long_enough); });
    return status > 128 || reason.starts_with("the sandbox, or the connection to it, ended before its command did");
}

/// A sandbox that has ended by itself is torn down a little later, and its name is free again.
bool is_free_soon(const Host& host, const Sandbox& sandbox) {
    const auto deadline = std::chrono::steady_clock::now() + long_enough;
    while (error_of([&] { (void)host.start(sandbox); }) != "no error") {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(50ms);
    }
    return true;
}

}  // namespace

TEST_CASE("a command reads, writes and exits as its caller's pipes see it") {
    const auto host = Host::open();
    for (const auto channel : {Channel::socket, Channel::console}) {
        Pipe input;
        Pipe output;
        Pipe error;
        StartOptions options{
            .streams = {.input = input.read.get(), .output = output.write.get(), .error = error.write.get()}};
        options.channel = channel;
        base::write_all(input.write.get(), "hello", "the pipe");
        input.write.reset();
        {
            auto instance = host.start(shell("cat; echo oops >&2; exit 7"), options);
            CHECK(instance.wait(long_enough) == 7);
            CHECK(instance.wait(0ms) == 7);
            CHECK(instance.command().start_error().empty());
        }
        CHECK(output.read_all() == "hello");
        CHECK(error.read_all() == "oops\n");
    }
}

TEST_CASE("what cannot be connected to says why, in the background when it is needed") {
    struct {
        HostOptions options;
        ErrorCode code;
        const char* reason;
    } const rows[] = {
        {{.uri = "nonsense:///"}, ErrorCode::hypervisor, "cannot connect to libvirt at 'nonsense:///'"},
        {{.uri = "test:///default"},
         ErrorCode::unsupported,
         "this version makes no sandboxes with libvirt's driver 'test'"},
        {{.modules = "/nonexistent"},
         ErrorCode::not_found,
         "there is no module that connects to libvirt at '/nonexistent/sandgraft-libvirt-"},
    };
    for (const auto& row : rows) {
        INFO(row.reason);
        try {
            (void)Host::open(row.options);
            FAIL("it was opened");
        } catch (const Error& error) {
            CHECK(error.code() == row.code);
            CHECK(std::string(error.what()).find(row.reason) == 0);
        }
    }
    const auto host = Host::open({.uri = "lxc+unix:///system?socket=/nonexistent", .in_background = true});
    for (int tries = 0; tries < 2; ++tries)
        CHECK(error_of([&] { (void)host.start(shell("true")); }).find("cannot connect to libvirt at ") == 0);
}

TEST_CASE("an init that cannot be one is named, and what names another") {
    const std::string why = " (HostOptions::init or the environment variable SANDGRAFT_INIT can name another place): ";
    const std::pair<const char*, std::string> rows[] = {
        {"/nonexistent/init", "sandgraft-init at '/nonexistent/init'" + why + "No such file or directory"},
        {"/usr", "sandgraft-init at '/usr'" + why + "Is a directory"},
        {"/etc/passwd", "sandgraft-init at '/etc/passwd'" + why + "Permission denied"},
        {"sandgraft-init", "path of sandgraft-init 'sandgraft-init' is not an absolute path"},
    };
    for (const auto& [init, message] : rows)
        CHECK(error_of([init = init] { (void)Host::open({.init = init}).start(shell("true")); }) == message);
}

TEST_CASE("unless told otherwise a command has nothing of its caller's: no input, and nobody sees its output") {
    CHECK(StartOptions{}.streams.input == -1);
    Pipe input;
    Pipe output;
    const base::Fd streams[] = {base::checked(::dup(0), "dup"), base::checked(::dup(1), "dup")};
    REQUIRE(::dup2(input.read.get(), 0) == 0);
    REQUIRE(::dup2(output.write.get(), 1) == 1);
    const auto status = Host::open().start(shell("cat; echo text")).wait(long_enough);
    REQUIRE(::dup2(streams[0].get(), 0) == 0);
    REQUIRE(::dup2(streams[1].get(), 1) == 1);
    CHECK(status == 0);
    CHECK(output.read_all().empty());
}

TEST_CASE("a connection in the background serves as any other") {
    const auto host = Host::open({.in_background = true});
    CHECK(host.start(shell("exit 3")).wait(long_enough) == 3);
}

TEST_CASE("waiting ends with its time, and signals and stop end the command") {
    const auto host = Host::open();
    auto instance = host.start(shell("exec sleep 1000"));
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(instance.wait(0ms));
    CHECK_FALSE(instance.wait(100ms));
    CHECK(std::chrono::steady_clock::now() - start >= 100ms);
    CHECK(error_of([&] { instance.command().send_signal(0); }) == "there is no signal 0");
    CHECK(error_of([&] { instance.command().send_signal(65); }) == "there is no signal 65");
    instance.command().send_signal(9);
    CHECK(instance.wait(long_enough) == 137);

    auto stopped = host.start(shell("exec sleep 1000"));
    std::thread other([&] { stopped.stop(); });
    CHECK(stopped.wait(long_enough) == 143);
    other.join();
}

TEST_CASE("a child made by fork harms neither the sandbox nor the connection when it drops its copies") {
    constexpr unsigned most_seconds = 20;
    for (const auto channel : {Channel::socket, Channel::console}) {
        std::optional<Host> host = Host::open();
        Pipe input;
        StartOptions options{.streams = {.input = input.read.get()}};
        options.channel = channel;
        std::optional<Instance> instance = host->start(shell("head -c 1 >/dev/null; exit 3"), options);
        const pid_t child = ::fork();
        if (child == 0) {
            ::alarm(most_seconds);
            instance.reset();
            host.reset();
            ::_exit(5);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 5));
        base::write_all(input.write.get(), "x", "the pipe");
        CHECK(instance->wait(long_enough) == 3);
        CHECK(host->start(shell("exit 4"), options).wait(long_enough) == 4);
    }
}

TEST_CASE("services that systemd could not start are refused by name") {
    const Sandbox sandbox{.payload = Services{.goals = {"no-such.service"}}};
    CHECK(error_of([&] { (void)Host::open().start(sandbox); }) == "unit 'no-such.service' is not-found");
}

TEST_CASE("a command that cannot start says why") {
    const auto host = Host::open();
    Sandbox sandbox;
    struct {
        const char* program;
        int status;
        const char* reason;
    } const rows[] = {{"/nonexistent", 127, "No such file or directory"}, {"/etc", 126, "Permission denied"}};
    for (const auto& row : rows) {
        sandbox.payload = Command{.argv = {row.program}};
        auto instance = host.start(sandbox);
        CHECK(instance.wait(long_enough) == row.status);
        CHECK(instance.command().start_error() == row.reason);
    }
}

TEST_CASE("a sandbox whose init hangs is given up, and its name is free at once") {
    test::TempTree tree;  // of programs, as installed
    const std::string programs(base::parent_of(installed_init()));
    tree.file("sandgraft-init", "#!/bin/sh\nexec sleep 1000 </dev/null >/dev/null 2>&1\n");
    std::filesystem::permissions(tree.at("sandgraft-init"), std::filesystem::perms::all);
    tree.link("sandgraft-guard", programs + "/sandgraft-guard");
    Sandbox sandbox = shell("exit 3");
    sandbox.name = "test-hangs";
    StartOptions options;
    for (const auto channel : {Channel::socket, Channel::console}) {
        options.channel = channel;
        options.init_deadline = 300ms;
        const auto hanging = Host::open({.init = tree.at("sandgraft-init")});
        CHECK(error_of([&] { (void)hanging.start(sandbox, options); }) ==
              "the sandbox's init did not report within 300 ms");
        options.init_deadline = long_enough;
        CHECK(Host::open().start(sandbox, options).wait(long_enough) == 3);
        CHECK(is_free_soon(Host::open(), sandbox));
    }
}

TEST_CASE("destroying a sandbox or its object ends it") {
    const auto host = Host::open();
    Sandbox sandbox = shell("exec sleep 1000");
    sandbox.name = "test-destroy";
    auto destroyed = host.start(sandbox);
    CHECK(destroyed.name() == "test-destroy");
    destroyed.destroy();
    CHECK_NOTHROW(destroyed.destroy());
    CHECK_THROWS_AS(destroyed.domain_xml(), Error);
    CHECK(tells_its_end(destroyed));
    CHECK(error_of([&] { destroyed.command().send_signal(9); }) == "no error");
    // The name is free at once: nothing of it runs any more.
    { const auto gone = host.start(sandbox); }
    const auto last = host.start(sandbox);
    CHECK(last.domain_xml().find("<name>test-destroy</name>") != std::string::npos);
}

TEST_CASE("whoever waits for a sandbox that another thread destroys is told") {
    auto instance = Host::open().start(shell("exec sleep 1000"));
    CHECK_FALSE(instance.wait(0ms));
    std::thread other([&] {
        std::this_thread::sleep_for(100ms);
        instance.destroy();
    });
    CHECK(tells_its_end(instance));
    other.join();
}

TEST_CASE("a sandbox that ended by itself is torn down while its host stays open") {
    const auto host = Host::open();
    for (const auto channel : {Channel::socket, Channel::console}) {
        Sandbox sandbox = shell("head -c 1 >/dev/null");
        sandbox.name = "test-ended";
        const base::Fd zeros = base::checked(::open("/dev/zero", O_RDONLY | O_CLOEXEC), "/dev/zero");
        StartOptions options;
        options.streams.input = zeros.get();
        options.channel = channel;
        {
            auto instance = host.start(sandbox, options);
            CHECK(instance.wait(long_enough) == 0);
        }
        CHECK(is_free_soon(host, sandbox));
    }
}

TEST_CASE("a taken name is refused, and who has it is unharmed") {
    const auto host = Host::open();
    Pipe input;
    Pipe output;
    Sandbox sandbox = shell("cat");
    sandbox.name = "test-taken";
    auto first = host.start(sandbox, {.streams = {.input = input.read.get(), .output = output.write.get()}});
    try {
        (void)host.start(sandbox);
        FAIL("the name was given twice");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::exists);
        CHECK(error.what() ==
              std::string("cannot start the sandbox 'test-taken': a domain of this name exists already"));
    }
    base::write_all(input.write.get(), "still here", "the pipe");
    input.write.reset();
    CHECK(first.wait(long_enough) == 0);
    first = host.start(shell("exit 0"));
    CHECK(first.wait(long_enough) == 0);
    CHECK(output.read_all() == "still here");
}

TEST_CASE("the document of a running sandbox is read back as its description") {
    test::TempTree tree;
    tree.directory("data");
    tree.directory("root/bin");
    const auto host = Host::open();
    Sandbox sandbox = shell("exec sleep 1000");
    sandbox.name = "test-read-back";
    sandbox.mounts = {{"/opt/missing/on the host", Ram{1 << 20}, false},
                      {"/srv", HostBind{tree.at("data")}, true},
                      {"/etc/sandgraft-test", File{"text", 0600, 33, 33}, true}};
    sandbox.environment = {{"KEY", "value"}};
    sandbox.memory_bytes = 64 << 20;
    auto instance = host.start(sandbox);
    CHECK(from_domain_xml(instance.domain_xml()) == sandbox);
    CHECK(instance.domain_xml().find("/run/sandgraft-") != std::string::npos);  // the view
}
