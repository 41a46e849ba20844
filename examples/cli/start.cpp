// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crash_terminal.hpp"
#include "running.hpp"

#include <array>

namespace cli {

namespace {

constexpr std::array flags = {
    Flag{"attach,a", "connect it to this input and output, and exit with its status"},
};

constexpr KeptUsage usage = {
    .usage = "start [OPTION...] NAME",
    .text =
        "Starts a sandbox that 'sandgraft create' made, which goes on by itself: exec, logs,\n"
        "attach, wait and stop are about it then.\n",
    .examples =
        "  sandgraft start web\n"
        "  sandgraft start --attach build\n",
    .flags = flags,
    .least = 1,
    .most = 1,
};

int run_attached(const KeptRequest& request, const std::string& name) {
    restore_terminal_on_crash();
    SignalForwarder signals;
    const auto host = request.open();
    std::optional<sandgraft::Instance> instance;
    with_sandbox(host, name, [&] {
        Progress progress;
        auto options = start_options("start", progress);
        options.streams = standard_streams();
        instance.emplace(start_kept(host, name, options));
    });
    const int status = see_through(signals, instance->command());
    report_start("start", instance->command(), program_of(host, *instance));
    return status;
}

int run(const KeptRequest& request) {
    const auto& name = request.names[0];
    return request.has("attach") ? run_attached(request, name) : start_detached("start", request.open(), name);
}

}  // namespace

int start(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
