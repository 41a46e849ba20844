// SPDX-License-Identifier: LGPL-2.1-or-later
// Ten sandboxes and fifty commands at once, in one thread with a poll(2) loop of its own. Any other event loop does the
// same: it watches the descriptor of each instance, and calls dispatch() when that is readable.
#include <sandgraft/host.hpp>

#include <poll.h>
#include <unistd.h>
#include <cstdio>
#include <string>
#include <vector>

constexpr int sandboxes = 10;
constexpr int commands = 50;

int main() {
    const auto host = sandgraft::Host::open();
    const sandgraft::Sandbox sandbox{.payload = sandgraft::Command{.argv = {"sleep", "infinity"}}};
    std::vector<sandgraft::Instance> instances;
    for (int i = 0; i < sandboxes; ++i) instances.push_back(host.start(sandbox));

    // All commands read from one pipe, which has its end when the last of them runs: so all of them run at once.
    int input[2];
    if (::pipe(input) < 0) return 1;

    int running = 0;
    int ended = 0;
    std::vector<std::string> outputs(commands);
    std::vector<sandgraft::Process> processes;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const sandgraft::Streams streams{
            .input = input[0],
            .on_output = [&output = outputs[i]](std::string_view text) { output += text; },
            .on_ready =
                [&] {
                    if (++running == commands) ::close(input[1]);
                },
            .on_exit = [&] { ++ended; },
        };
        const std::string script = "cat; echo command " + std::to_string(i) + " in $(hostname)";
        processes.push_back(instances[i % sandboxes].exec({.argv = {"sh", "-c", script}}, streams));
    }

    std::vector<pollfd> entries;
    for (const auto& instance : instances) entries.push_back({instance.descriptor(), POLLIN, 0});
    while (ended < commands) {
        if (::poll(entries.data(), entries.size(), -1) < 0) return 1;
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (entries[i].revents != 0) instances[i].dispatch();
    }
    ::close(input[0]);

    int failed = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        std::fputs(outputs[i].c_str(), stdout);
        if (processes[i].exit()->exit_status() != 0) ++failed;
    }
    return failed == 0 ? 0 : 1;
}
