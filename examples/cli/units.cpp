// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft units: systemd units as data.
#include "units.hpp"
#include "words.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>

namespace cli {

namespace {

struct Subcommand {
    const char* name;
    const char* arguments;
    const char* summary;
    std::size_t least, most;  ///< how many units it takes
    int (*run)(const UnitsRequest&);
};

constexpr std::size_t any = 1000000;

constexpr std::array subcommands = {
    Subcommand{"list", "", "every unit that has a file, and where it comes from", 0, 0, units_list},
    Subcommand{"closure", "UNIT...", "what systemd starts for these units, in start order", 1, any, units_closure},
    Subcommand{"why", "UNIT --for GOAL", "the chain of dependencies that pulls a unit in", 1, 1, units_why},
    Subcommand{"cat", "UNIT...", "the fragment and drop-ins, with their names", 1, any, units_cat},
    Subcommand{"graph", "UNIT...", "a drawing of the closure for Graphviz", 1, any, units_graph},
    Subcommand{"tree", "UNIT... --output DIR", "write the units a sandbox needs to boot into these", 1, any,
               units_tree},
    Subcommand{"verify", "UNIT...", "what will not work in a sandbox; exits 1 when there is an error", 1, any,
               units_verify},
    Subcommand{"diff", "DIR DIR", "what differs between two unit trees; exits 1 when there is something", 2, 2,
               units_diff},
};

void print_help() {
    std::cout << "Usage: sandgraft units SUBCOMMAND [OPTION...] [UNIT...]\n"
                 "\n"
                 "Reads systemd units, computes what systemd would start, and explains it. No\n"
                 "systemd has to run.\n"
                 "\n";
    for (const Subcommand& subcommand : subcommands)
        std::cout << "  " << std::setw(8) << std::left << subcommand.name << std::setw(22) << subcommand.arguments
                  << subcommand.summary << '\n';
    std::cout << '\n'
              << describe_units_options()
              << "\n"
                 "Examples:\n"
                 "  sandgraft units closure apache2.service\n"
                 "  sandgraft units why dbus.socket --for multi-user.target\n"
                 "  sandgraft units graph ssh.service | dot -Tsvg > ssh.svg\n"
                 "  sandgraft units tree --profile minimal --output /tmp/units apache2.service\n";
}

}  // namespace

int units(const Arguments& words) {
    Arguments arguments = words;
    Arguments shared = take_shared_options(arguments);
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
        print_help();
        return arguments.empty() ? 1 : 0;
    }
    const auto subcommand = std::find_if(subcommands.begin(), subcommands.end(),
                                         [&](const Subcommand& s) { return arguments[0] == s.name; });
    if (subcommand == subcommands.end()) {
        Arguments names;
        for (const Subcommand& known : subcommands) names.emplace_back(known.name);
        throw UsageError("there is no subcommand '" + arguments[0] + "'" + did_you_mean(arguments[0], names));
    }
    shared.insert(shared.end(), arguments.begin() + 1, arguments.end());
    const UnitsRequest request = parse_units_request(shared);
    if (request.help) {
        print_help();
        return 0;
    }
    if (request.units.size() < subcommand->least || request.units.size() > subcommand->most)
        throw UsageError(std::string(subcommand->name) + " takes " +
                         (subcommand->most == 0 ? "no units" : subcommand->arguments));
    return subcommand->run(request);
}

}  // namespace cli
