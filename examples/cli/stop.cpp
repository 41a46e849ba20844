// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft stop, restart and kill.
#include "outcome.hpp"
#include "running.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <iostream>
#include <thread>

namespace cli {

namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;
using sandgraft::Error;
using sandgraft::ErrorCode;
using sandgraft::Instance;

constexpr std::array stop_flags = {
    Flag{"timeout,t", "how long it may take, in seconds (10); then it is killed", "S"},
};

constexpr KeptUsage stop_usage = {
    .usage = "stop [OPTION...] NAME...",
    .text =
        "Asks the commands of sandboxes to end, by SIGTERM, and ends those that have not in\n"
        "time. One that is not running is no error. Returns when they have stopped.\n",
    .examples =
        "  sandgraft stop web\n"
        "  sandgraft stop --timeout 60 database web\n",
    .flags = stop_flags,
    .least = 1,
    .most = 1000000,
};

constexpr KeptUsage restart_usage = {
    .usage = "restart [OPTION...] NAME...",
    .text = "Stops sandboxes as 'sandgraft stop' does, where they run, and starts them.\n",
    .examples = "  sandgraft restart web\n",
    .flags = stop_flags,
    .least = 1,
    .most = 1000000,
};

constexpr std::array kill_flags = {
    Flag{"signal,s", "its name or number (KILL)", "SIG"},
};

constexpr KeptUsage kill_usage = {
    .usage = "kill [OPTION...] NAME",
    .text = "Sends a signal to the command of a sandbox that is kept running.\n",
    .examples =
        "  sandgraft kill web\n"
        "  sandgraft kill -s HUP web\n",
    .flags = kill_flags,
    .least = 1,
    .most = 1,
};

/// None at all is a time, too.
Milliseconds parse_timeout(const std::string& text) { return text == "0" ? Milliseconds(0) : parse_seconds(text); }

int parse_signal(const std::string& text) {
    constexpr int last = 64;
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= last) return number;
    const std::string name = text.starts_with("SIG") ? text.substr(3) : text;
    for (number = 1; number <= last; ++number)
        if (const char* known = ::sigabbrev_np(number); known != nullptr && name == known) return number;
    throw UsageError("there is no signal '" + text + "'; they are named as HUP or SIGHUP, or 1-64");
}

void end(Instance& instance, Milliseconds timeout) {
    instance.stop();
    if (instance.wait(timeout)) return;
    try {
        instance.destroy();
        (void)instance.wait();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::hypervisor) throw;  // it has ended before its command, as it was told to
    }
}

/// Through its keeper; or through libvirt, which kills only after asking too.
void stop(const KeptRequest& request, const std::string& name, Milliseconds timeout) {
    try {
        auto instance = Instance::connect(name);
        return end(instance, timeout);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::not_found) throw;
    }
    const auto host = request.open();
    with_sandbox(host, name, [&] { host.destroy(name); });
}

/// All at a time. Every one that fails is told.
bool stop_all(const KeptRequest& request, const char* command) {
    const Milliseconds timeout = parse_timeout(request.value("timeout", "10"));
    std::vector<std::string> failures(request.names.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < failures.size(); ++i)
        threads.emplace_back([&, i] {
            try {
                stop(request, request.names[i], timeout);
            } catch (const std::exception& error) {
                failures[i] = error.what();
            }
        });
    for (auto& thread : threads) thread.join();
    for (const auto& failure : failures)
        if (!failure.empty()) std::cerr << "sandgraft " << command << ": " << failure << '\n';
    return std::all_of(failures.begin(), failures.end(), [](const auto& failure) { return failure.empty(); });
}

bool is_any_running(const sandgraft::Host& host, const Arguments& names) {
    const auto sandboxes = host.list();
    return std::any_of(sandboxes.begin(), sandboxes.end(), [&](const auto& sandbox) {
        return sandbox.state == sandgraft::SandboxInfo::State::running &&
               std::find(names.begin(), names.end(), sandbox.name) != names.end();
    });
}

/// libvirt takes them down after their end, which nobody waits for by itself.
void await_teardown(const sandgraft::Host& host, const Arguments& names) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (is_any_running(host, names)) {
        if (std::chrono::steady_clock::now() > deadline)
            throw Error(ErrorCode::hypervisor, "libvirt has not taken down what has ended");
        std::this_thread::sleep_for(20ms);
    }
}

int run_stop(const KeptRequest& request) {
    const auto host = sandgraft::Host::open({.uri = request.uri, .in_background = true});
    if (!stop_all(request, "stop")) return 1;
    await_teardown(host, request.names);
    return 0;
}

/// One that libvirt does not keep could not be started again.
int run_restart(const KeptRequest& request) {
    const auto host = request.open();
    for (const auto& name : request.names)
        with_sandbox(host, name, [&] {
            if (!host.find(name).info.defined)
                throw Error(ErrorCode::wrong_state,
                            "the sandbox '" + name + "' is gone when it ends: 'run' started it");
        });
    if (!stop_all(request, "restart")) return 1;
    await_teardown(host, request.names);
    int status = 0;
    for (const auto& name : request.names) status = std::max(status, start_detached("restart", host, name));
    return status;
}

int run_kill(const KeptRequest& request) {
    const int number = parse_signal(request.value("signal", "KILL"));
    connect(request).command().send_signal(number);
    return 0;
}

}  // namespace

int stop(const Arguments& arguments) { return run_kept(stop_usage, arguments, run_stop); }

int restart(const Arguments& arguments) { return run_kept(restart_usage, arguments, run_restart); }

int kill(const Arguments& arguments) { return run_kept(kill_usage, arguments, run_kill); }

}  // namespace cli
