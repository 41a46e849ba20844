// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crash_terminal.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "running.hpp"

#include <array>

namespace cli {

namespace {

constexpr std::array flags = {
    Flag{"attach,a", "connect it to this input and output, and exit with its status"},
    Flag{"publish,p", "let a port of the host, 0 for any, lead to one inside, this time", "[ADDR:]PORT:PORT"},
    Flag{"wait", "for units that it boots into: ready, booted or none (ready)", "KIND"},
    Flag{"timeout,t", "how long they may take, in seconds (90)", "S"},
};

constexpr KeptUsage usage = {
    .usage = "start [OPTION...] NAME",
    .text =
        "Starts a sandbox that 'sandgraft create' made, which goes on by itself: exec, logs,\n"
        "attach, wait and stop are about it then. One that boots into units has started when\n"
        "they run; those that do not are told, with the end of their logs, and the status is\n"
        "1 then. It goes on, for somebody to look at it.\n",
    .examples =
        "  sandgraft start web\n"
        "  sandgraft start -p 8080:80 web\n"
        "  sandgraft start --attach build\n",
    .flags = flags,
    .least = 1,
    .most = 1,
};

std::vector<sandgraft::PublishedPort> ports_of(const KeptRequest& request) {
    std::vector<sandgraft::PublishedPort> ports;
    for (const auto& port : request.values("publish")) ports.push_back(sandgraft::parse_published_port(port));
    return ports;
}

int run_attached(const KeptRequest& request, const std::string& name) {
    restore_terminal_on_crash();
    SignalForwarder signals;
    const auto host = request.open();
    std::optional<sandgraft::Instance> instance;
    sandgraft::Sandbox sandbox;
    with_sandbox(host, name, [&] {
        sandbox = host.find(name).description;
        Progress progress;
        auto options = start_options("start", progress);
        options.streams = standard_streams();
        options.ports = ports_of(request);
        instance.emplace(start_kept("start", host, name, options));
    });
    const int status = see_through(signals, instance->command());
    const auto& command = instance->command();
    report_start("start", command, program_of(sandbox));
    if (status != 0) report_memory("start", command.exit().value(), memory_option(sandbox));
    return status;
}

int run(const KeptRequest& request) {
    const auto& name = request.names[0];
    if (request.has("attach")) return run_attached(request, name);
    const Patience patience{parse_readiness(request.value("wait", "ready")),
                            parse_seconds(request.value("timeout", "90"))};
    return start_detached("start", request.open(), name, ports_of(request), patience);
}

}  // namespace

int start(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
