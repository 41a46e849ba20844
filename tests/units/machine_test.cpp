// SPDX-License-Identifier: LGPL-2.1-or-later
// Every unit of this machine as a goal: what the library computes against what systemd itself says.
#include "units/comparison.hpp"
#include "units/load/loader.hpp"
#include "units/text/unit_name.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sandgraft::test {

namespace {

constexpr const char* unit_path = "/etc/systemd/system:/usr/lib/systemd/system";

/// A template stands for one of its instances.
std::vector<std::string> goals_of(const units::Loader& loader) {
    std::vector<std::string> goals;
    for (const std::string_view name : loader.names())
        goals.push_back(units::is_loadable_name(name) ? std::string(name) : units::with_instance(name, "x"));
    return goals;
}

int compare_machine() {
    const Oracle oracle;
    units::Loader loader({.root = oracle.root(), .unit_path = parse_unit_path(unit_path), .specifiers = {}});
    std::vector<std::string> goals = goals_of(loader);
    if (const char* only = std::getenv("SANDGRAFT_GOAL")) goals = {only};
    const std::vector<OracleAnswer> answers = oracle.ask_all(unit_path, goals);
    std::size_t wrong = 0, jobs = 0, edges = 0, refused = 0;
    for (std::size_t i = 0; i < goals.size(); ++i) {
        const Computed ours = compute(loader, goals[i], in_container(answers[i]));
        const std::vector<std::string> lines = differences(ours, answers[i], goals[i]);
        jobs += ours.jobs.size();
        edges += ours.graph.edges().size();
        refused += ours.refusal.empty() ? 0 : 1;
        wrong += lines.empty() ? 0 : 1;
        for (const std::string& line : lines) std::printf("%s: %s\n", goals[i].c_str(), line.c_str());
    }
    std::printf("%zu goals, %zu refused, %zu jobs and %zu dependencies compared, %zu goals differ\n", goals.size(),
                refused, jobs, edges, wrong);
    return wrong == 0 && goals.size() > 100 ? 0 : 1;
}

}  // namespace

}  // namespace sandgraft::test

int main() {
    if (sandgraft::test::Oracle::is_missing()) return 77;
    return sandgraft::test::compare_machine();
}
