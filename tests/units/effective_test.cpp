// SPDX-License-Identifier: LGPL-2.1-or-later
// Every unit file of this machine as the library reads it against what systemd says that it has read: state, fragment,
// drop-ins, names, and every Exec line with its arguments. And every file unchanged by reading it.
#include "base/file.hpp"
#include "units/comparison.hpp"
#include "units/load/loader.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace sandgraft::test {

namespace {

constexpr const char* machine_path = "/etc/systemd/system:/usr/lib/systemd/system";
constexpr std::size_t file_limit = 16U << 20;

/// One target that wants every unit, so that one run of systemd loads them all.
std::string all_units(const units::Loader& loader) {
    std::string text = "[Unit]\nDefaultDependencies=no\n";
    for (const std::string_view name : loader.names()) {
        const auto goal = units::is_loadable_name(name) ? std::string(name) : units::with_instance(name, "a-b\\x2dc");
        text += "Wants=" + goal + "\n";
    }
    return text;
}

bool compare_effective() {
    const Oracle oracle;
    const std::string path = "/run/all:" + std::string(machine_path);
    {
        const units::Loader machine(
            {.root = oracle.root(), .unit_path = parse_unit_path(machine_path), .specifiers = {}});
        std::filesystem::create_directory(oracle.root() + "/run/all");
        std::ofstream(oracle.root() + "/run/all/all.target") << all_units(machine);
    }
    units::Loader loader({.root = oracle.root(), .unit_path = parse_unit_path(path), .specifiers = {}});
    const auto answer = oracle.ask(path, "all.target");
    std::size_t commands = 0;
    const auto wrong = command_differences(loader, answer, commands);
    for (const auto& line : wrong) std::printf("%s\n", line.c_str());
    std::printf("%zu units, %zu commands compared, %zu lists differ\n", answer.units.size(), commands, wrong.size());
    return wrong.empty() && answer.units.size() > 100 && commands > 100;
}

bool read_all_files() {
    std::size_t files = 0, wrong = 0, assignments = 0;
    for (const char* top : {"/usr/lib/systemd", "/etc/systemd"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
            const auto suffix = entry.path().extension().string();
            const bool unit = suffix == ".conf" || (!suffix.empty() && units::unit_type_from_suffix(suffix.substr(1)));
            if (!unit || !entry.is_regular_file() || entry.is_symlink()) continue;
            const auto text = base::read_file(entry.path(), file_limit);
            units::Arena arena;
            const auto lines = units::parse_lines(text, entry.path().native(), arena);
            ++files;
            assignments += lines.assignments.size();
            if (!lines.failed) continue;
            ++wrong;
            std::printf("%s: %s\n", entry.path().c_str(), lines.warnings.back().reason.c_str());
        }
    std::printf("%zu unit files with %zu assignments read, %zu failed\n", files, assignments, wrong);
    return wrong == 0 && files > 100 && assignments > files;
}

}  // namespace

}  // namespace sandgraft::test

int main() {
    const bool readable = sandgraft::test::read_all_files();
    if (sandgraft::test::Oracle::is_missing()) return readable ? 77 : 1;
    return sandgraft::test::compare_effective() && readable ? 0 : 1;
}
