// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft logs, attach and wait: the command of a sandbox that is kept running.
#include "crash_terminal.hpp"
#include "running.hpp"

#include <array>

namespace cli {

namespace {

constexpr std::array logs_flags = {
    Flag{"follow,f", "go on with what it says from now on, until it ends"},
};

constexpr KeptUsage logs_usage = {
    .usage = "logs [-f] NAME",
    .text =
        "Prints what the command of a sandbox that is kept running has said: the last 1 MiB,\n"
        "which is kept as long as it runs.\n",
    .examples =
        "  sandgraft logs web | tail\n"
        "  sandgraft logs -f web\n",
    .flags = logs_flags,
    .least = 1,
    .most = 1,
};

constexpr KeptUsage attach_usage = {
    .usage = "attach NAME",
    .text =
        "Takes part in the command of a sandbox that is kept running: its output from now on\n"
        "comes here (for what it said before, see logs), and input, signals and keys go to\n"
        "it. Exits with its status. One at a time may attach; the end of the input ends the\n"
        "command's. SIGALRM leaves it without ending it: 'pkill -ALRM -f \"sandgraft attach\"'.\n",
    .examples = "  sandgraft attach web\n",
    .flags = {},
    .least = 1,
    .most = 1,
};

constexpr KeptUsage wait_usage = {
    .usage = "wait NAME",
    .text =
        "Waits until the command of a sandbox that is kept running ends, and exits with its\n"
        "status.\n",
    .examples = "  sandgraft wait build && echo done\n",
    .flags = {},
    .least = 1,
    .most = 1,
};

int run_logs(const KeptRequest& request) {
    auto instance = connect(request);
    auto streams = standard_streams();
    streams.input = -1;
    instance.attach({.kept_output = true, .live = request.has("follow")}, streams).wait();
    return 0;
}

int run_attach(const KeptRequest& request) {
    restore_terminal_on_crash();
    SignalForwarder signals;
    auto instance = connect(request);
    auto process = instance.attach({}, standard_streams());
    return see_through(signals, process);
}

int run_wait(const KeptRequest& request) { return connect(request).wait().value(); }

}  // namespace

int logs(const Arguments& arguments) { return run_kept(logs_usage, arguments, run_logs); }

int attach(const Arguments& arguments) { return run_kept(attach_usage, arguments, run_attach); }

int wait(const Arguments& arguments) { return run_kept(wait_usage, arguments, run_wait); }

}  // namespace cli
