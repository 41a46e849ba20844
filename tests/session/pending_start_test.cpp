// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts that nobody waits for: what comes of them in an event loop, and of those that are cancelled.
#include "base/file.hpp"
#include "base/text.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace sandgraft;
using namespace std::chrono_literals;
using test::error_of;

namespace {

constexpr std::chrono::milliseconds long_enough{60000};
constexpr const char* libvirts_turn = "libvirt to start the sandbox";
constexpr const char* cancelled = "the start was cancelled";

Sandbox shell(const std::string& name, const std::string& script) {
    return {.name = name, .payload = Command{.argv = {"sh", "-c", script}}};
}

void turn_once(PendingStart& start) {
    pollfd entry{start.descriptor(), POLLIN, 0};
    REQUIRE(::poll(&entry, 1, static_cast<int>(long_enough.count())) == 1);
    start.dispatch();
}

Instance finish(PendingStart& start) {
    while (!start.ready()) turn_once(start);
    return start.take();
}

template <typename Predicate>
bool eventually(Predicate predicate) {
    const auto end = std::chrono::steady_clock::now() + long_enough;
    while (!predicate()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

/// Neither libvirt nor a keeper has anything of it.
bool is_gone(const Host& host, const std::string& name) {
    return eventually([&] {
        const auto all = host.list();
        return std::none_of(all.begin(), all.end(), [&](const auto& info) { return info.name == name; }) &&
               !std::filesystem::exists("/run/sandgraft/" + name);
    });
}

std::size_t threads() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

/// The daemon of this environment, while it answers nobody.
class HangingDaemon {
public:
    HangingDaemon() {
        for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
            const auto number = base::parse_u64(entry.path().filename().string());
            std::error_code none;
            const auto program = std::filesystem::read_symlink(entry.path() / "exe", none);
            if (number && program.filename() == "libvirtd") pid_ = static_cast<pid_t>(*number);
        }
        REQUIRE(pid_ > 1);
        REQUIRE(::kill(pid_, SIGSTOP) == 0);
    }
    ~HangingDaemon() { ::kill(pid_, SIGCONT); }
    HangingDaemon(const HangingDaemon&) = delete;
    HangingDaemon& operator=(const HangingDaemon&) = delete;

private:
    pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("an event loop starts sandboxes, and is told how far they are in its own thread") {
    const auto host = Host::open();
    host.define(shell("pending-stored", "exit 5"));
    using Begin = PendingStart (*)(const Host&, const StartOptions&);
    struct {
        Begin begin;
        int status;
    } const rows[] = {
        {[](const Host& h, const StartOptions& o) { return h.start_async(shell("", "echo out; exit 3"), o); }, 3},
        {[](const Host& h, const StartOptions& o) { return h.start_kept_async(shell("pending-kept", "exit 4"), o); },
         4},
        {[](const Host& h, const StartOptions& o) { return h.start_kept_async("pending-stored", o); }, 5},
    };
    for (const auto& row : rows) {
        std::vector<std::pair<std::string, std::thread::id>> told;
        auto start = row.begin(
            host, {.on_progress = [&](std::string_view what) { told.emplace_back(what, std::this_thread::get_id()); }});
        CHECK(told.empty());
        CHECK(finish(start).wait(long_enough) == row.status);
        const std::vector<std::string> steps = {"libvirt", libvirts_turn, "the sandbox's init"};
        REQUIRE(told.size() == steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i)
            CHECK(told[i] == std::pair(steps[i], std::this_thread::get_id()));
        CHECK(error_of([&] { (void)start.take(); }) == "what was started has been taken already");
    }
    CHECK(eventually([&] { return error_of([&] { host.undefine("pending-stored"); }) == "no error"; }));
}

TEST_CASE("ten sandboxes start at once in one thread, over either channel") {
    const auto host = Host::open();
    for (const auto channel : {Channel::socket, Channel::console}) {
        std::vector<PendingStart> starts;
        for (int i = 0; i < 10; ++i)
            starts.push_back(host.start_async(shell("", "exit " + std::to_string(i)), {.channel = channel}));
        for (std::size_t i = 0; i < starts.size(); ++i)
            CHECK(finish(starts[i]).wait(long_enough) == static_cast<int>(i));
    }
}

TEST_CASE("a start that fails says why when it is taken") {
    const auto host = Host::open();
    const auto elsewhere = Host::open({.uri = "lxc+unix:///system?socket=/nonexistent", .in_background = true});
    const auto taken = host.start(shell("pending-taken", "exec sleep 1000"));
    std::pair<PendingStart, std::string> rows[] = {
        {host.start_async(shell("a/b", "true")), "sandbox name 'a/b'"},
        {host.start_async(shell("pending-taken", "true")),
         "cannot start the sandbox 'pending-taken': a domain of this"},
        {host.start_kept_async("pending-unknown"), "there is no sandbox 'pending-unknown'"},
        {elsewhere.start_async(shell("", "true")), "cannot connect to libvirt at "},
    };
    for (auto& [start, reason] : rows)
        CHECK(error_of([&pending = start] { (void)finish(pending); }).substr(0, reason.size()) == reason);
}

TEST_CASE("what is not over cannot be taken, and what a function throws leaves the start alone") {
    auto start = Host::open().start_async(shell("", "exit 3"), {.on_progress = [](std::string_view what) {
                                              if (what == libvirts_turn) throw Error(ErrorCode::io, "mine");
                                          }});
    CHECK(error_of([&] { (void)start.take(); }) == "the start is not over yet");
    CHECK(error_of([&] { (void)finish(start); }) == "mine");
    CHECK(finish(start).wait(long_enough) == 3);
}

TEST_CASE("a start that is cancelled, sooner or later, leaves nothing") {
    const auto host = Host::open();
    const std::string name = "pending-cancelled";
    const std::string last_steps[] = {"", "libvirt", libvirts_turn, "the sandbox's init", "over"};
    for (const bool kept : {false, true})
        for (const auto& last : last_steps) {
            INFO(last << (kept ? ", kept" : ""));
            std::string step;
            const StartOptions options{.on_progress = [&](std::string_view what) { step = what; }};
            const Sandbox sandbox = shell(name, "exec sleep 1000");
            auto start = kept ? host.start_kept_async(sandbox, options) : host.start_async(sandbox, options);
            while (!last.empty() && step != last && !start.ready()) turn_once(start);
            start.cancel();
            CHECK(start.ready());
            CHECK(error_of([&] { (void)start.take(); }) == cancelled);
            start.cancel();
            CHECK(is_gone(host, name));
        }
    { const auto dropped = host.start_kept_async(shell(name, "exec sleep 1000")); }
    CHECK(is_gone(host, name));
}

TEST_CASE("an init that hangs is given up when its time is over, or the start is cancelled") {
    test::TempTree tree;  // of programs, as installed
    const std::string programs(base::parent_of(installed_init()));
    tree.file("sandgraft-init", "#!/bin/sh\nexec sleep 1000 </dev/null >/dev/null 2>&1\n");
    std::filesystem::permissions(tree.at("sandgraft-init"), std::filesystem::perms::all);
    tree.link("sandgraft-guard", programs + "/sandgraft-guard");
    const auto host = Host::open({.init = tree.at("sandgraft-init")});
    const Sandbox sandbox = shell("pending-hangs", "true");
    for (const auto channel : {Channel::socket, Channel::console}) {
        auto late = host.start_async(sandbox, {.channel = channel, .init_deadline = 300ms});
        CHECK(error_of([&] { (void)finish(late); }) == "the sandbox's init did not report within 300 ms");
        const auto before = threads();
        std::string step;
        auto endless = host.start_async(
            sandbox, {.channel = channel, .init_deadline = -1ms, .on_progress = [&](auto what) { step = what; }});
        while (step != "the sandbox's init") turn_once(endless);
        endless.cancel();
        CHECK(is_gone(host, sandbox.name));
        CHECK(eventually([&] { return threads() <= before; }));
    }
}

TEST_CASE("a keeper that hangs is given up when the start is cancelled, whose descriptors are the caller's then") {
    test::TempTree tree;
    const std::string programs(base::parent_of(installed_init()));
    for (const char* name : {"/sandgraft-init", "/sandgraft-guard"}) tree.link(name + 1, programs + name);
    tree.link("sandgraft-keeper", "/usr/bin/xargs");  // reads to the end, and says nothing
    const auto host = Host::open({.init = tree.at("sandgraft-init")});
    const auto before = threads();
    auto [read, write] = base::make_pipe();
    auto start = host.start_kept_async(shell("pending-hangs", "true"),
                                       {.streams = {.output = write.get()}, .init_deadline = -1ms});
    CHECK(eventually([] { return std::filesystem::exists("/run/sandgraft/pending-hangs"); }));
    start.cancel();
    write.reset();
    char byte = 0;
    CHECK(::read(read.get(), &byte, 1) == 0);
    CHECK(is_gone(host, "pending-hangs"));
    CHECK(eventually([&] { return threads() <= before; }));
}

TEST_CASE("a libvirt that hangs holds up nobody who cancels, and leaves nothing when it goes on") {
    const auto host = Host::open();
    const std::string name = "pending-libvirt";
    for (const bool kept : {false, true}) {
        std::string step;
        const StartOptions options{.on_progress = [&](std::string_view what) { step = what; }};
        const Sandbox sandbox = shell(name, "exec sleep 1000");
        {
            const HangingDaemon hanging;
            auto start = kept ? host.start_kept_async(sandbox, options) : host.start_async(sandbox, options);
            while (step != libvirts_turn) turn_once(start);
            CHECK_FALSE(start.ready());
            start.cancel();
            CHECK(error_of([&] { (void)start.take(); }) == cancelled);
        }
        CHECK(is_gone(host, name));
    }
}
