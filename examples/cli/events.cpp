// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.hpp"
#include "kept.hpp"

#include <poll.h>
#include <array>
#include <ctime>
#include <iostream>

namespace cli {

namespace {

constexpr std::array flags = {
    Flag{"json", "print one JSON object in each line"},
};

constexpr KeptUsage usage = {
    .usage = "events [OPTION...]",
    .text =
        "Prints a line whenever a sandbox is defined, started, stopped or undefined, until it\n"
        "is interrupted.\n",
    .examples =
        "  sandgraft events\n"
        "  sandgraft events --json | jq -r .name\n",
    .flags = flags,
    .least = 0,
    .most = 0,
};

std::string time_text() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 40> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%FT%T%z", &local)};
}

void print(const sandgraft::SandboxEvent& event, bool json) {
    if (json)
        std::cout << json_object({{"time", json_text(time_text())},
                                  {"event", json_text(to_string(event.kind))},
                                  {"name", json_text(event.name)},
                                  {"uuid", json_text(event.uuid)}})
                  << std::endl;
    else
        std::cout << time_text() << ' ' << to_string(event.kind) << ' ' << event.name << std::endl;
}

int run(const KeptRequest& request) {
    const auto host = request.open();
    auto events = host.events();
    while (std::cout) {
        if (const auto event = events.next()) {
            print(*event, request.has("json"));
            continue;
        }
        pollfd wait{.fd = events.descriptor(), .events = POLLIN, .revents = 0};
        (void)::poll(&wait, 1, -1);
    }
    return 0;
}

}  // namespace

int events(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
