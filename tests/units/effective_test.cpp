// SPDX-License-Identifier: LGPL-2.1-or-later
// Every unit file of this machine as the library reads it against what systemd says that it has read: state, fragment,
// drop-ins, names, and every Exec line with its arguments. And every file unchanged by reading it.
#include "base/file.hpp"
#include "units/commands.hpp"
#include "units/loader.hpp"
#include "units/oracle.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

namespace sandgraft::test {

namespace {

constexpr const char* machine_path = "/etc/systemd/system:/usr/lib/systemd/system";
constexpr std::size_t file_limit = 16U << 20;

/// An argument as systemd prints it.
std::string shown(const std::string& argument) {
    constexpr std::string_view special = " \t\n\r\"\\`$*?['()<>|&;!";
    constexpr std::string_view escaped = "\"\\`$";
    const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
    const bool plain =
        argument.find_first_of(special) == std::string::npos && std::none_of(argument.begin(), argument.end(), control);
    if (plain && !argument.empty()) return argument;
    std::string out = "\"";
    for (const char c : argument) {
        if (escaped.find(c) != std::string_view::npos) out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    return out + "\"";
}

std::vector<std::string> command_lines(const units::Loader& loader, const units::Unit& unit, const std::string& key) {
    std::vector<std::string> lines;
    for (const auto& command : units::read_commands(loader, unit, key).commands) {
        std::string line;
        for (const auto& argument : command.arguments) line += (line.empty() ? "" : " ") + shown(argument);
        lines.push_back(line);
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += "\n    " + line;
    return out.empty() ? "\n    (none)" : out;
}

/// Compares units and counts.
class Comparison {
public:
    explicit Comparison(units::Loader& loader) : loader_(loader) {}

    void compare(const std::string& name, const OracleUnit& systemd) {
        if (!units::is_loadable_name(name)) return;
        const auto& unit = loader_.load(name);
        const auto type = unit.type;
        if (type != units::UnitType::service && type != units::UnitType::socket) return;
        ++units_;
        for (const char* key : {"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop",
                                "ExecStopPre", "ExecStopPost"}) {
            const auto found = systemd.commands.find(key);
            const auto theirs = found == systemd.commands.end() ? std::vector<std::string>{} : found->second;
            const auto ours =
                unit.state == units::LoadState::loaded ? command_lines(loader_, unit, key) : std::vector<std::string>{};
            commands_ += theirs.size();
            if (ours == theirs) continue;
            ++wrong_;
            std::printf("%s: %s\n  systemd:%s\n  ours:%s\n", name.c_str(), key, joined(theirs).c_str(),
                        joined(ours).c_str());
        }
    }

    [[nodiscard]] bool report() const {
        std::printf("%zu services and sockets, %zu commands compared, %zu lists differ\n", units_, commands_, wrong_);
        return wrong_ == 0 && units_ > 100 && commands_ > 100;
    }

private:
    units::Loader& loader_;
    std::size_t units_ = 0, commands_ = 0, wrong_ = 0;
};

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
            {.root = oracle.root(), .unit_path = units::parse_unit_path(machine_path), .specifiers = {}});
        std::filesystem::create_directory(oracle.root() + "/run/all");
        std::ofstream(oracle.root() + "/run/all/all.target") << all_units(machine);
    }
    units::Loader loader({.root = oracle.root(), .unit_path = units::parse_unit_path(path), .specifiers = {}});
    const auto answer = oracle.ask(path, "all.target");
    Comparison comparison(loader);
    for (const auto& [name, unit] : answer.units) comparison.compare(name, unit);
    return comparison.report();
}

bool round_trip() {
    std::size_t files = 0, wrong = 0, assignments = 0;
    for (const char* top : {"/usr/lib/systemd", "/etc/systemd"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
            const auto suffix = entry.path().extension().string();
            const bool unit = suffix == ".conf" || (!suffix.empty() && units::unit_type_from_suffix(suffix.substr(1)));
            if (!unit || !entry.is_regular_file() || entry.is_symlink()) continue;
            const auto text = base::read_file(entry.path(), file_limit);
            const auto file = units::UnitFile::parse(text, entry.path());
            ++files;
            assignments += file.assignments().size();
            if (file.text() == text && !file.failed()) continue;
            ++wrong;
            std::printf("%s: changed by reading\n", entry.path().c_str());
        }
    std::printf("%zu unit files with %zu assignments read and given back, %zu changed\n", files, assignments, wrong);
    return wrong == 0 && files > 100 && assignments > files;
}

}  // namespace

}  // namespace sandgraft::test

int main() {
    const bool unchanged = sandgraft::test::round_trip();
    if (sandgraft::test::Oracle::is_missing()) return unchanged ? 77 : 1;
    return sandgraft::test::compare_effective() && unchanged ? 0 : 1;
}
