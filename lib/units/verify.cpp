// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/verify.hpp"

#include "units/closure_data.hpp"
#include "units/jobs/explain.hpp"
#include "units/load/root.hpp"
#include "units/settings/commands.hpp"
#include "units/settings/conditions.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace sandgraft::units {

namespace {

/// Where systemd looks for a command that is no absolute path.
constexpr std::array<std::string_view, 6> command_directories{"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/",
                                                              "/usr/bin/",        "/sbin/",          "/bin/"};

bool is_executable(const Root& root, const std::string& path) {
    const auto info = root.status(path);
    return info && S_ISREG(info->st_mode) && (info->st_mode & 0111) != 0;
}

bool has_executable(const Root& root, const std::string& path) {
    if (path.starts_with('/')) return is_executable(root, path);
    return std::any_of(command_directories.begin(), command_directories.end(),
                       [&](std::string_view directory) { return is_executable(root, std::string(directory) + path); });
}

std::string_view describe(UnitState state) {
    switch (state) {
        case UnitState::not_found: return "does not exist";
        case UnitState::masked: return "is masked";
        default: return "cannot be loaded";
    }
}

/// The names of links may hold anything; the terminal gets nothing to interpret.
std::string place_of(const UnitWarning& warning) {
    const auto file = base::printable(warning.file);
    return warning.line == 0 ? file : file + ":" + std::to_string(warning.line);
}

/// Collects the findings of one set of goals.
class Verifier {
public:
    Verifier(Loader& loader, Environment environment) : loader_(loader), environment_(environment) {}

    std::vector<UnitFinding> run(const std::vector<std::string>& goals);

private:
    using Kind = UnitFinding::Kind;
    using Severity = UnitFinding::Severity;

    void report(Kind kind, Severity severity, std::string_view unit, std::string message) {
        findings_.push_back({kind, severity, std::string(unit), std::move(message)});
    }
    void check_transaction(const Transaction& transaction);
    void check(NodeId id);
    void check_requirements(NodeId id);
    bool check_conditions(const Unit& unit);
    void check_commands(const Unit& unit, bool is_skipped);
    void check_executable(const Unit& unit, std::string_view key, const Command& command, bool is_skipped);

    Loader& loader_;
    Environment environment_;
    DependencyGraph graph_;
    std::vector<UnitFinding> findings_;
};

std::vector<UnitFinding> Verifier::run(const std::vector<std::string>& goals) {
    LoadedGoals loaded = load_goals(loader_, goals, environment_);
    graph_ = std::move(loaded.graph);
    std::vector<NodeId> started;
    try {
        const Transaction transaction = plan(graph_, loaded.nodes, boot_mode(graph_, loaded.nodes));
        check_transaction(transaction);
        for (const Job& job : transaction.jobs)
            if (job.type == JobType::start) started.push_back(job.unit);
    } catch (const Error& error) {
        report(Kind::refused, Severity::error, goals.front(), error.what());
        started = loaded.nodes;
    }
    for (const NodeId id : started) check(id);
    return std::move(findings_);
}

void Verifier::check_transaction(const Transaction& transaction) {
    for (const DroppedJob& dropped : transaction.dropped) {
        const std::string_view unit = graph_.node(dropped.unit).name;
        if (dropped.reason == DroppedJob::Reason::cycle)
            report(Kind::cycle, Severity::error, unit, dropped.text);
        else
            report(Kind::conflict, Severity::note, unit, dropped.text);
    }
    for (const auto& cycle : transaction.cycles) {
        std::string names;
        for (const NodeId unit : cycle) names.append(names.empty() ? "" : ", ").append(graph_.node(unit).name);
        report(Kind::cycle, Severity::error, graph_.node(cycle.front()).name,
               "the jobs of " + names + " wait for each other, and none of them is ever run");
    }
}

void Verifier::check(NodeId id) {
    check_requirements(id);
    const Unit* unit = graph_.node(id).unit;
    if (unit == nullptr) return;
    check_commands(*unit, check_conditions(*unit));
    for (const UnitWarning& warning : unit->warnings)
        report(Kind::setting, Severity::warning, unit->id, place_of(warning) + ": " + warning.reason);
}

/// @return whether systemd skips the unit, which is what conditions are for.
bool Verifier::check_conditions(const Unit& unit) {
    bool is_skipped = false;
    for (ImpossibleCondition& condition : impossible_conditions(loader_, unit, environment_.container)) {
        report(Kind::condition, condition.is_assert ? Severity::error : Severity::note, unit.id,
               std::move(condition.text));
        is_skipped = is_skipped || !condition.is_assert;
    }
    return is_skipped;
}

void Verifier::check_requirements(NodeId id) {
    for (const DependencyKind kind :
         {DependencyKind::requires_, DependencyKind::binds_to, DependencyKind::requisite, DependencyKind::wants})
        for (const Edge& edge : graph_.out(id, kind)) {
            const Node& other = graph_.node(edge.to);
            if (other.state == UnitState::loaded) continue;
            // What is only wanted may be missing; that is what Wants= is for.
            if (kind == DependencyKind::wants && other.state == UnitState::not_found) continue;
            if (kind == DependencyKind::wants && other.state == UnitState::masked) continue;
            report(Kind::missing_unit, kind == DependencyKind::wants ? Severity::warning : Severity::error,
                   graph_.node(id).name,
                   std::string(to_string(Relation{kind})) + "=" + std::string(other.name) + ", which " +
                       std::string(describe(other.state)) +
                       (other.state_reason.empty() ? "" : ": " + std::string(other.state_reason)));
        }
}

void Verifier::check_commands(const Unit& unit, bool is_skipped) {
    std::vector<std::string_view> seen;
    for (const Assignment& assignment : unit.assignments) {
        if (assignment.section != own_section(unit.type) || !assignment.key.starts_with("Exec")) continue;
        if (std::find(seen.begin(), seen.end(), assignment.key) != seen.end()) continue;
        seen.push_back(assignment.key);
        const Commands commands = read_commands(loader_, unit, assignment.key);
        for (const Command& command : commands.commands) check_executable(unit, assignment.key, command, is_skipped);
    }
}

void Verifier::check_executable(const Unit& unit, std::string_view key, const Command& command, bool is_skipped) {
    if (has_executable(loader_.root(), command.path)) return;
    const bool is_for_later = key.starts_with("ExecStop") || key == "ExecReload";
    const auto severity = is_skipped || command.ignore_failure ? Severity::note
                          : is_for_later                       ? Severity::warning
                                                               : Severity::error;
    report(Kind::missing_executable, severity, unit.id,
           std::string(key) + "= runs " + base::quote(command.path) + ", which is not an executable of the root" +
               (command.ignore_failure ? " (its failure is ignored)" : ""));
}

}  // namespace

std::vector<UnitFinding> verify(Loader& loader, const std::vector<std::string>& goals, Environment environment) {
    return Verifier(loader, environment).run(goals);
}

}  // namespace sandgraft::units
