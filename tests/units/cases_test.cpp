// SPDX-License-Identifier: LGPL-2.1-or-later
// Trees written for the traps (cases/), each with the machine's own units below it: the library against systemd.
#include "units/case_file.hpp"
#include "units/comparison.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace sandgraft::test {

namespace {

namespace fs = std::filesystem;

constexpr int attempts_where_it_varies = 24;

struct Tally {
    std::size_t cases = 0, goals = 0, refused = 0, varying = 0, wrong = 0;
};

/// The cases' own units, then a small base tree; not the machine's, which would make an answer depend on it.
std::string path_of(const std::string& name) { return "/run/cases/" + name + ":/run/base"; }

std::vector<CaseFile> unpack_all(const fs::path& sources, const std::string& root) {
    const char* only = std::getenv("SANDGRAFT_CASE");
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(sources))
        if (entry.path().extension() == ".case" && (only == nullptr || entry.path().stem() == only))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<CaseFile> cases;
    for (const fs::path& file : files)
        cases.push_back(CaseFile::unpack(file, root + "/run/cases/" + file.stem().string()));
    return cases;
}

/// Where systemd's answer varies from run to run, ours has to be one of its answers.
std::vector<std::string> best_of(const Oracle& oracle, const CaseFile& tree, const std::string& goal,
                                 const Computed& ours) {
    const int attempts = tree.varies.empty() ? 1 : attempts_where_it_varies;
    std::vector<std::string> lines;
    for (int i = 0; i < attempts; ++i) {
        lines = differences(ours, oracle.ask(path_of(tree.name), goal), goal);
        if (lines.empty()) break;
    }
    return lines;
}

void run_case(const Oracle& oracle, const CaseFile& tree, bool container, Tally& tally) {
    ++tally.cases;
    tally.varying += tree.varies.empty() ? 0 : 1;
    for (const std::string& goal : tree.goals) {
        units::Loader loader(
            {.root = oracle.root(), .unit_path = parse_unit_path(path_of(tree.name)), .specifiers = {}});
        const Computed ours = compute(loader, goal, container);
        const auto lines = best_of(oracle, tree, goal, ours);
        ++tally.goals;
        tally.refused += ours.refusal.empty() ? 0 : 1;
        tally.wrong += lines.empty() ? 0 : 1;
        for (const std::string& line : lines)
            std::printf("%s: %s: %s\n", tree.name.c_str(), goal.c_str(), line.c_str());
        if (std::getenv("SANDGRAFT_CASE") != nullptr && !ours.refusal.empty())
            std::printf("%s: %s: refused: %s\n", tree.name.c_str(), goal.c_str(), ours.refusal.c_str());
    }
}

int run_all(const fs::path& sources) {
    const Oracle oracle;
    CaseFile::unpack(sources / "base.tree", oracle.root() + "/run/base");
    const bool container = in_container(oracle.ask("/run/base", "basic.target"));
    Tally tally;
    for (const CaseFile& tree : unpack_all(sources, oracle.root())) run_case(oracle, tree, container, tally);
    std::printf("%zu cases, %zu goals, %zu refused, %zu where systemd's own answer varies, %zu goals differ\n",
                tally.cases, tally.goals, tally.refused, tally.varying, tally.wrong);
    return tally.wrong == 0 && (tally.cases >= 60 || std::getenv("SANDGRAFT_CASE") != nullptr) ? 0 : 1;
}

}  // namespace

}  // namespace sandgraft::test

int main(int argc, char** argv) {
    if (sandgraft::test::Oracle::is_missing()) return 77;
    return argc == 2 ? sandgraft::test::run_all(argv[1]) : 2;
}
