// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft logs, attach and wait: the command of a sandbox that is kept running.
#include "crash_terminal.hpp"
#include "running.hpp"

#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>

namespace cli {

namespace {

constexpr std::array logs_flags = {
    Flag{"follow,f", "go on with what it says from now on, until it ends"},
    Flag{"unit,u", "what the journal inside has of UNIT", "UNIT"},
    Flag{"lines,n", "the last N entries of the journal inside", "N"},
};

constexpr KeptUsage logs_usage = {
    .usage = "logs [OPTION...] NAME",
    .text =
        "Prints what the command of a sandbox that is kept running has said: the last 1 MiB,\n"
        "which is kept as long as it runs. Of one that boots into units that is its console;\n"
        "--unit and --lines ask for the journal inside.\n",
    .examples =
        "  sandgraft logs web | tail\n"
        "  sandgraft logs -f web\n"
        "  sandgraft logs -u nginx -n 20 web\n",
    .flags = logs_flags,
    .least = 1,
    .most = 1,
};

constexpr std::array attach_flags = {
    Flag{"detach-keys", "what leaves it when typed at a terminal (ctrl-p,ctrl-q); empty: nothing", "KEYS"},
};

constexpr KeptUsage attach_usage = {
    .usage = "attach [OPTION...] NAME",
    .text =
        "Takes part in the command of a sandbox that is kept running: its output from now on\n"
        "comes here (for what it said before, see logs), and input, signals and keys go to\n"
        "it. Exits with its status. One at a time may attach; the end of the input ends the\n"
        "command's. Where both have a terminal, the keys Ctrl-P Ctrl-Q leave it without ending\n"
        "it, and this with status 0; without one SIGALRM does: 'pkill -ALRM -f \"sandgraft\n"
        "attach\"'. KEYS are characters or ctrl-X, with commas between them.\n",
    .examples =
        "  sandgraft attach web\n"
        "  sandgraft attach --detach-keys ctrl-],q web\n",
    .flags = attach_flags,
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

/// Waits until there is something to do for the instance.
/// @return whether somebody still reads the output, which may show before there is any.
bool is_read(const sandgraft::Instance& instance) {
    std::array<pollfd, 2> polled = {{{instance.descriptor(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
    (void)::poll(polled.data(), polled.size(), -1);
    return polled[1].revents == 0;
}

Arguments journal_words(const KeptRequest& request) {
    Arguments words = {"journalctl", "--no-pager"};
    for (const auto& unit : request.values("unit")) words.push_back("--unit=" + unit);
    if (request.has("lines")) words.push_back("--lines=" + request.value("lines"));
    if (request.has("follow")) words.emplace_back("--follow");
    return words;
}

int run_journal(sandgraft::Instance& instance, const KeptRequest& request, const sandgraft::Streams& streams) {
    auto process = instance.exec({.argv = journal_words(request)}, streams);
    const int status = process.wait().value();
    report_start("logs", process, "journalctl");
    return status;
}

int run_logs(const KeptRequest& request) {
    auto instance = connect(request);
    auto streams = standard_streams();
    streams.input = -1;
    if (request.has("unit") || request.has("lines")) return run_journal(instance, request, streams);
    auto said = instance.attach({.kept_output = true, .live = request.has("follow")}, streams);
    while (!said.wait(std::chrono::milliseconds(0)) && is_read(instance)) {
    }
    return 0;
}

/// A character, or the one that it is together with Ctrl.
char parse_key(const std::string& text) {
    constexpr std::string_view control = "ctrl-";
    if (text.size() == 1) return text[0];
    if (text.size() == control.size() + 1 && text.starts_with(control))
        if (const char key = text.back(); (key >= 'a' && key <= 'z') || (key >= '@' && key <= '_'))
            return static_cast<char>(key & 0x1F);
    throw UsageError("the key '" + text + "' is not a character, nor one such as ctrl-p");
}

std::string parse_keys(const std::string& text) {
    std::string keys;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        keys += parse_key(text.substr(at, end - at));
        at = end + 1;
    }
    return keys;
}

int run_attach(const KeptRequest& request) {
    const std::string keys = parse_keys(request.value("detach-keys", "ctrl-p,ctrl-q"));
    restore_terminal_on_crash();
    SignalForwarder signals;
    auto instance = connect(request);
    auto process = instance.attach({.detach_keys = keys}, standard_streams());
    return see_through(signals, process);
}

int run_wait(const KeptRequest& request) { return connect(request).wait().value(); }

}  // namespace

int logs(const Arguments& arguments) { return run_kept(logs_usage, arguments, run_logs); }

int attach(const Arguments& arguments) { return run_kept(attach_usage, arguments, run_attach); }

int wait(const Arguments& arguments) { return run_kept(wait_usage, arguments, run_wait); }

}  // namespace cli
