// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kept.hpp"
#include "notify.hpp"
#include "running.hpp"
#include "signals.hpp"

#include <unistd.h>
#include <iostream>
#include <optional>

namespace cli {

namespace {

constexpr KeptUsage usage = {
    .usage = "serve NAME",
    .text =
        "Starts a sandbox and stays until its command ends, with its status. The command's\n"
        "output is this one, and SIGTERM, SIGHUP, SIGINT and the like are its own. This is what\n"
        "the unit of 'create --on-boot' runs: systemd is told when the sandbox runs, and what\n"
        "is waited for.\n",
    .examples = "  sandgraft serve web\n",
    .flags = {},
    .least = 1,
    .most = 1,
};

void tell_of(int signal) {
    if (signal == SIGTERM) notify("STOPPING=1\nSTATUS=Waiting for the command to end");
}

sandgraft::StartOptions options() {
    sandgraft::StartOptions options{.streams = {.output = STDOUT_FILENO, .error = STDERR_FILENO}};
    options.on_progress = [](std::string_view what) { notify("STATUS=Waiting for " + std::string(what)); };
    options.on_warning = [](std::string_view what) { std::cerr << "sandgraft serve: warning: " << what << '\n'; };
    return options;
}

int run(const KeptRequest& request) {
    SignalForwarder signals(tell_of);
    const auto host = request.open();
    std::optional<sandgraft::Instance> started;
    with_sandbox(host, request.names[0], [&] { started.emplace(host.start_kept(request.names[0], options())); });
    auto& instance = *started;
    const SignalForwarder::Scope scope(signals, instance.command());
    await_units("serve", instance, {});
    notify("READY=1\nSTATUS=The sandbox runs");
    const int status = instance.wait().value();
    if (const auto reason = instance.command().start_error(); !reason.empty())
        std::cerr << "sandgraft serve: cannot execute the command of '" << request.names[0] << "': " << reason << '\n';
    return status;
}

}  // namespace

int serve(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
