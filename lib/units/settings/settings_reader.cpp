// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/settings_reader.hpp"

#include "units/settings/commands.hpp"
#include "units/settings/setting_table.hpp"

#include <algorithm>
#include <climits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sandgraft::units {

namespace {

DependencyKind kind_of(LinkKind link) {
    switch (link) {
        case LinkKind::wants: return DependencyKind::wants;
        case LinkKind::requires_: return DependencyKind::requires_;
        case LinkKind::upholds: break;
    }
    return DependencyKind::upholds;
}

/// A function object, so that the loop over every command holds it.
constexpr auto is_plain = [](char c) {
    return (static_cast<unsigned char>(c) >= ' ' || c == '\t') && c != '"' && c != '\'' && c != '\\' && c != '%' &&
           c != ';' && c != 0x7F;
};

/// One command that systemd surely accepts: an absolute path and words, nothing quoted, escaped or to be expanded.
bool is_simple_command(std::string_view value) {
    if (!std::all_of(value.begin(), value.end(), is_plain)) return false;
    if (value.starts_with('-')) value.remove_prefix(1);
    if (value.starts_with("!!"))
        value.remove_prefix(2);
    else if (value.starts_with('+') || value.starts_with('!'))
        value.remove_prefix(1);
    const auto path = value.substr(0, value.find_first_of(" \t"));
    return path.starts_with('/') && !path.ends_with('/') && path.size() <= NAME_MAX;
}

/// The kind of commands that the assignment holds, when counting lines does not tell how many they are.
std::optional<CommandKind> needs_a_closer_look(const Unit& unit, const Assignment& assignment) {
    if (!assignment.key.starts_with("Exec") || assignment.value.empty() || is_simple_command(assignment.value))
        return std::nullopt;
    const Setting* const setting = find_setting(unit.type, assignment.section, assignment.key);
    return setting == nullptr ? std::nullopt : setting->commands;
}

/// Reads the settings of one unit.
class Reader {
public:
    Reader(const Loader& loader, const Unit& unit, UnitSettings& out) : loader_(loader), unit_(unit), out_(out) {}

    void run();

private:
    /// How many commands of a kind there are.
    struct CommandCount {
        CommandKind kind;
        std::size_t count = 0;
    };

    void count_commands();
    void take(const Assignment& assignment);
    [[nodiscard]] bool is_cut_off(const Assignment& assignment) const;
    void end_reading(std::string_view file, unsigned line, UnitState state, std::string_view reason);

    const Loader& loader_;
    const Unit& unit_;
    UnitSettings& out_;
    std::map<std::string, unsigned, std::less<>> fatal_;  ///< where systemd stops reading a file, over a bad value
    std::vector<CommandCount> counts_;
};

// systemd reads the fragment, then the links of the .wants/ directories, then the drop-ins.
void Reader::run() {
    count_commands();
    out_.dependencies.reserve(8 + unit_.links.size());
    auto next = unit_.assignments.begin();
    for (; next != unit_.assignments.end() && next->file == unit_.fragment_path; ++next) take(*next);
    if (out_.fatal.state != UnitState::loaded) return;
    for (const DirectoryLink& link : unit_.links) out_.dependencies.push_back({{kind_of(link.kind), false}, link.name});
    for (; next != unit_.assignments.end(); ++next) take(*next);
    for (const CommandCount& counted : counts_) out_.count(counted.kind) = counted.count;
}

/// Reads the commands of every kind that has one which is not simple: lines may hold none, several or a bad one.
void Reader::count_commands() {
    for (const Assignment& assignment : unit_.assignments) {
        const auto kind = needs_a_closer_look(unit_, assignment);
        const auto is_same = [&](const CommandCount& counted) { return counted.kind == kind; };
        if (!kind || std::any_of(counts_.begin(), counts_.end(), is_same)) continue;
        const Commands commands = read_commands(loader_, unit_, assignment.key);
        counts_.push_back({*kind, commands.commands.size()});
        for (const UnitWarning& line : commands.fatal)
            end_reading(line.file, line.line, UnitState::bad_setting, "a command that cannot be executed");
    }
}

bool Reader::is_cut_off(const Assignment& assignment) const {
    const auto at = fatal_.find(assignment.file);
    return at != fatal_.end() && assignment.line >= at->second;
}

void Reader::end_reading(std::string_view file, unsigned line, UnitState state, std::string_view reason) {
    if (file == unit_.fragment_path) out_.fatal = {state, reason};
    const auto [at, is_new] = fatal_.try_emplace(std::string(file), line);
    if (!is_new) at->second = std::min(at->second, line);
}

void Reader::take(const Assignment& assignment) {
    if (!fatal_.empty() && is_cut_off(assignment)) return;
    const Setting* const setting = find_setting(unit_.type, assignment.section, assignment.key);
    if (setting == nullptr) return;
    const Verdict verdict = setting->judge(loader_, unit_, assignment.value);
    if (is_fatal(verdict))
        end_reading(assignment.file, assignment.line,
                    verdict == Verdict::error ? UnitState::error : UnitState::bad_setting,
                    "a setting whose value systemd does not accept");
    else if (verdict == Verdict::accept && setting->set != nullptr)
        setting->set(out_, assignment);
}

}  // namespace

UnitSettings read_settings(const Loader& loader, const Unit& unit, std::pmr::memory_resource* memory) {
    UnitSettings settings(memory);
    Reader(loader, unit, settings).run();
    return settings;
}

}  // namespace sandgraft::units
