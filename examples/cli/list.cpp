// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft list: the sandboxes that libvirt has.
#include "json.hpp"
#include "kept.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>

namespace cli {

namespace {

using sandgraft::SandboxInfo;
using State = SandboxInfo::State;

constexpr std::array flags = {
    Flag{"all,a", "those that are stopped, too"},
    Flag{"quiet,q", "print the names alone"},
    Flag{"json", "print JSON"},
};

constexpr KeptUsage usage = {
    .usage = "list [OPTION...]",
    .text =
        "Lists the sandboxes that are running, whoever started them: those that are kept, and\n"
        "those that a 'sandgraft run' ends with itself. Domains of libvirt's that Sandgraft\n"
        "did not make are not among them.\n",
    .examples =
        "  sandgraft list --all\n"
        "  sandgraft list --json | jq -r '.[] | select(.kept) | .name'\n",
    .flags = flags,
    .least = 0,
    .most = 0,
};

std::string to_json(const SandboxInfo& sandbox) {
    return json_object({{"name", json_text(sandbox.name)},
                        {"uuid", json_text(sandbox.uuid)},
                        {"state", json_text(to_string(sandbox.state))},
                        {"kept", sandbox.defined ? "true" : "false"},
                        {"ports", ports_json(sandbox.ports)},
                        {"command", json_list(payload_words(sandbox.payload))}});
}

void print_json(const std::vector<SandboxInfo>& sandboxes) {
    Arguments values;
    for (const auto& sandbox : sandboxes) values.push_back(to_json(sandbox));
    std::cout << json_array(values) << '\n';
}

/// Cut for the eye; --json has all of it.
std::string command_of(const SandboxInfo& sandbox) {
    constexpr std::size_t longest = 60;
    std::string text = shell_words(payload_words(sandbox.payload));
    if (text.size() > longest) text.replace(longest - 3, std::string::npos, "...");
    return text;
}

void print_table(const std::vector<SandboxInfo>& sandboxes) {
    int width = 4;
    for (const auto& sandbox : sandboxes) width = std::max(width, static_cast<int>(sandbox.name.size()));
    const auto row = [&](std::string_view name, std::string_view state, std::string_view kept,
                         std::string_view command) {
        std::cout << std::left << std::setw(width) << name << "  " << std::setw(7) << state << "  " << std::setw(4)
                  << kept << "  " << command << '\n';
    };
    row("NAME", "STATE", "KEPT", "COMMAND");
    for (const auto& sandbox : sandboxes)
        row(sandbox.name, to_string(sandbox.state), sandbox.defined ? "yes" : "no", command_of(sandbox));
}

int run(const KeptRequest& request) {
    auto sandboxes = request.open().list();
    const auto all = sandboxes.size();
    if (!request.has("all"))
        std::erase_if(sandboxes, [](const auto& sandbox) { return sandbox.state == State::stopped; });
    if (request.has("json")) {
        print_json(sandboxes);
    } else if (request.has("quiet")) {
        for (const auto& sandbox : sandboxes) std::cout << sandbox.name << '\n';
    } else {
        print_table(sandboxes);
        if (sandboxes.empty() && all != 0 && ::isatty(STDOUT_FILENO) == 1)
            std::cerr << "sandgraft list: " << all << " stopped; --all lists them\n";
    }
    return 0;
}

}  // namespace

int list(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
