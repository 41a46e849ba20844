// SPDX-License-Identifier: LGPL-2.1-or-later
#include "running.hpp"

#include "words.hpp"

#include <sandgraft/error.hpp>

#include <poll.h>
#include <iostream>
#include <thread>

namespace cli {

namespace {

using namespace std::chrono_literals;
using sandgraft::ErrorCode;
using sandgraft::SandboxInfo;

/// Why a sandbox of this name is not kept running, and what to do; nothing where that cannot be known.
std::string describe_missing(const KeptRequest& request, const std::string& name) {
    Arguments names;
    try {
        for (const auto& sandbox : request.open().list()) {
            if (sandbox.name != name)
                names.push_back(sandbox.name);
            else if (sandbox.state == SandboxInfo::State::stopped)
                return ": it is stopped; 'sandgraft start " + name + "' starts it";
            else
                return ": the program that started it keeps it to itself";
        }
    } catch (const std::exception&) {
        return {};
    }
    return did_you_mean(name, names);
}

bool is_kept_running(const std::string& name) {
    try {
        (void)sandgraft::Instance::connect(name);
        return true;
    } catch (const sandgraft::Error&) {
        return false;
    }
}

}  // namespace

void when_ended(const std::string& name, const std::function<void()>& action) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    for (;;) {
        try {
            return action();
        } catch (const sandgraft::Error& error) {
            const bool is_taken = error.code() == ErrorCode::exists || error.code() == ErrorCode::wrong_state;
            if (!is_taken || std::chrono::steady_clock::now() > deadline || is_kept_running(name)) throw;
        }
        std::this_thread::sleep_for(20ms);
    }
}

sandgraft::StartOptions start_options(const std::string& command, Progress& progress) {
    sandgraft::StartOptions options;
    options.on_progress = [&progress](std::string_view what) { progress.wait_for(what); };
    options.on_warning = [command](std::string_view what) {
        std::cerr << "sandgraft " << command << ": warning: " << what << '\n';
    };
    return options;
}

int see_through(SignalForwarder& signals, sandgraft::Process& process) {
    const SignalForwarder::Scope scope(signals, process);
    return process.wait().value();
}

void report_start(const std::string& command, const sandgraft::Process& process, const std::string& program) {
    if (const auto reason = process.start_error(); !reason.empty())
        std::cerr << "sandgraft " << command << ": cannot execute '" << program << "' in the sandbox: " << reason
                  << '\n';
}

void report_ports(const std::string& command, const sandgraft::Instance& instance,
                  const std::vector<sandgraft::PublishedPort>& asked) {
    for (std::size_t i = 0; i < asked.size(); ++i)
        if (asked[i].host_port == 0)
            std::cerr << "sandgraft " << command << ": publishes " << to_option(instance.ports().at(i)) << '\n';
}

void report_memory(const std::string& command, const sandgraft::Exit& end, const std::string& limit) {
    if (!end.out_of_memory) return;
    std::cerr << "sandgraft " << command << ": the sandbox ran out of memory";
    if (!limit.empty()) std::cerr << " (--memory " << limit << ')';
    std::cerr << '\n';
}

sandgraft::Instance start_kept(const std::string& command, const sandgraft::Host& host, const std::string& name,
                               const sandgraft::StartOptions& options) {
    std::optional<sandgraft::Instance> instance;
    when_ended(name, [&] { instance.emplace(host.start_kept(name, options)); });
    if (!instance->ports().empty()) {
        auto asked = host.find(name).description.ports;
        asked.insert(asked.end(), options.ports.begin(), options.ports.end());
        report_ports(command, *instance, asked);
    }
    return std::move(*instance);
}

sandgraft::Readiness parse_readiness(const std::string& text) {
    if (text == "ready") return sandgraft::Readiness::ready;
    if (text == "booted") return sandgraft::Readiness::booted;
    if (text == "none") return sandgraft::Readiness::none;
    throw UsageError("--wait '" + text + "' is not ready, booted or none");
}

bool await_units(const std::string& command, sandgraft::Instance& instance, const Patience& patience) {
    const auto result = instance.await_boot(patience.readiness, patience.longest);
    if (result.reached) return true;
    std::cerr << "sandgraft " << command << ": the units of '" << instance.name() << "' "
              << (result.in_time ? "do not all run" : "were not started in time") << '\n';
    for (const auto& unit : result.failed) {
        std::cerr << "  " << unit.name << ": " << unit.result << '\n';
        for (const auto& line : unit.log) std::cerr << "    " << line << '\n';
    }
    return false;
}

int start_detached(const std::string& command, const sandgraft::Host& host, const std::string& name,
                   const std::vector<sandgraft::PublishedPort>& ports, const Patience& patience) {
    bool is_ready = false;
    std::optional<sandgraft::Instance> instance;
    with_sandbox(host, name, [&] {
        Progress progress;
        auto options = start_options(command, progress);
        options.streams.on_ready = [&is_ready] { is_ready = true; };
        options.ports = ports;
        instance.emplace(start_kept(command, host, name, options));
    });
    if (await_start(*instance, is_ready)) return await_units(command, *instance, patience) ? 0 : 1;
    report_start(command, instance->command(), program_of(host.find(name).description));
    return instance->command().exit()->exit_status();
}

bool await_start(sandgraft::Instance& instance, const bool& is_ready) {
    while (!is_ready && !instance.command().exit()) {
        pollfd entry{instance.descriptor(), POLLIN, 0};
        (void)::poll(&entry, 1, -1);
        instance.dispatch();
    }
    return is_ready;
}

std::string program_of(const sandgraft::Sandbox& sandbox) {
    const auto* command = std::get_if<sandgraft::Command>(&sandbox.payload);
    return command == nullptr ? "systemd" : command->argv[0];
}

sandgraft::Instance connect(const KeptRequest& request) {
    const auto& name = request.names.at(0);
    try {
        return sandgraft::Instance::connect(name);
    } catch (const sandgraft::Error& error) {
        if (error.code() != ErrorCode::not_found) throw;
        throw sandgraft::Error(error.code(), error.what() + describe_missing(request, name));
    }
}

}  // namespace cli
