// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/comparison.hpp"

#include "units/graph/graph_builder.hpp"
#include "units/jobs/transaction.hpp"
#include "units/settings/commands.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace sandgraft::test {

using namespace units;

namespace {

std::string join_origins(OriginSet origin, OriginSet destination) {
    std::string text;
    const auto append = [&text](const char* end, OriginSet set) {
        for (const Origin one : {Origin::file, Origin::implicit, Origin::default_, Origin::path, Origin::slice_property,
                                 Origin::mount_file})
            if (contains(set, one)) text.append(text.empty() ? "" : " ").append(end).append(to_string(as_set(one)));
    };
    append("origin-", origin);
    append("destination-", destination);
    return text;
}

using Dependencies = std::map<std::string, std::set<OracleDependency>>;

Dependencies dependencies_of(const DependencyGraph& graph) {
    Dependencies all;
    for (const Edge& edge : graph.edges()) {
        const std::string from(graph.node(edge.from).name);
        const std::string to(graph.node(edge.to).name);
        all[from].insert(
            {std::string(to_string(Relation{edge.kind, false})), to, join_origins(edge.from_origin, edge.to_origin)});
        if (edge.kind == DependencyKind::joins_namespace_of) continue;
        all[to].insert(
            {std::string(to_string(Relation{edge.kind, true})), from, join_origins(edge.to_origin, edge.from_origin)});
    }
    return all;
}

template <typename Set>
void report(const Set& left, const Set& right, const std::string& what, std::vector<std::string>& lines) {
    for (const auto& item : left)
        if (!right.contains(item))
            lines.push_back(what + " " + item.kind + " " + item.other + " (" + item.origins + ")");
}

void compare_jobs(const Computed& ours, const OracleAnswer& systemd, std::vector<std::string>& lines) {
    for (const auto& [unit, type] : systemd.jobs)
        if (const auto found = ours.jobs.find(unit); found == ours.jobs.end())
            lines.push_back("job missing: " + unit + " " + type);
        else if (found->second != type)
            lines.push_back("job differs: " + unit + " " + type + ", ours " + found->second);
    for (const auto& [unit, type] : ours.jobs)
        if (!systemd.jobs.contains(unit)) lines.push_back("job too many: " + unit + " " + type);
}

void compare_files(const Node& ours, const OracleUnit& systemd, std::vector<std::string>& lines) {
    if (ours.unit == nullptr || systemd.state != "loaded") return;
    const std::string name(ours.name);
    if (systemd.fragment != ours.unit->fragment_path)
        lines.push_back("fragment of " + name + ": " + systemd.fragment + ", ours " +
                        std::string(ours.unit->fragment_path));
    std::vector<std::string> drop_ins;
    for (const DropIn& drop_in : ours.unit->drop_ins) drop_ins.emplace_back(drop_in.path);
    if (systemd.drop_ins != drop_ins) lines.push_back("drop-ins of " + name + " differ");
    std::set<std::string> aliases;
    for (const std::string_view alias : ours.unit->names)
        if (alias != ours.name) aliases.emplace(alias);
    if (systemd.aliases != aliases) lines.push_back("aliases of " + name + " differ");
}

/// Our order of the jobs respects every ordering dependency that systemd knows of.
void check_order(const Computed& ours, const OracleAnswer& systemd, std::vector<std::string>& lines) {
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < ours.order.size(); ++i) place[ours.order[i]] = i;
    const auto is_in_one_cycle = [&](const std::string& one, const std::string& other) {
        return ours.cycle.contains(one) && ours.cycle.contains(other) && ours.cycle.at(one) == ours.cycle.at(other);
    };
    for (const auto& [name, unit] : systemd.units)
        for (const OracleDependency& dependency : unit.dependencies)
            if (dependency.kind == "Before" && place.contains(name) && place.contains(dependency.other) &&
                ours.jobs.at(dependency.other) != "stop" && place[name] > place[dependency.other] &&
                !is_in_one_cycle(name, dependency.other))
                lines.push_back("order: " + name + " comes after " + dependency.other);
}

void compare_units(const Computed& ours, const OracleAnswer& systemd, std::vector<std::string>& lines) {
    const Dependencies mine = dependencies_of(ours.graph);
    static const std::set<OracleDependency> nothing;
    for (const auto& [name, unit] : systemd.units) {
        const auto node = ours.graph.find(name);
        if (!node) {
            // Devices appear with the machine's own file systems; nothing refers to them.
            if (!unit.dependencies.empty()) lines.push_back("unit missing: " + name);
            continue;
        }
        if (unit.state != to_string(ours.graph.node(*node).state))
            lines.push_back("state " + name + " " + unit.state + ", ours " +
                            std::string(to_string(ours.graph.node(*node).state)));
        compare_files(ours.graph.node(*node), unit, lines);
        const auto found = mine.find(name);
        const auto& edges = found == mine.end() ? nothing : found->second;
        report(unit.dependencies, edges, "edge missing: " + name, lines);
        report(edges, unit.dependencies, "edge too many: " + name, lines);
    }
    for (const Node& node : ours.graph.nodes())
        if (node.merged_into == no_node && node.state == UnitState::loaded &&
            !systemd.units.contains(std::string(node.name)))
            lines.push_back("unit too many: " + std::string(node.name));
}

/// Bytes that are no text, as systemd prints them.
std::string octal(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= ' ' && byte < 0x7F) {
            out += c;
        } else {
            out += '\\';
            for (const unsigned shift : {6U, 3U, 0U}) out += static_cast<char>('0' + (byte >> shift & 7U));
        }
    }
    return out;
}

/// An argument as systemd prints it.
std::string shown(const std::string& argument) {
    constexpr std::string_view special = " \t\n\r\"\\`$*?['()<>|&;!";
    constexpr std::string_view escaped = "\"\\`$";
    const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
    const bool plain =
        argument.find_first_of(special) == std::string::npos && std::none_of(argument.begin(), argument.end(), control);
    const bool is_text = base::is_utf8(argument);
    if (plain && is_text && !argument.empty()) return argument;
    std::string out = "\"";
    for (const char c : argument) {
        if (escaped.find(c) != std::string_view::npos) out += '\\';
        constexpr std::string_view letters = "abtnvfr";  // from 7 on
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 7 && byte < 7 + letters.size())
            out.append("\\") += letters[byte - 7];
        else if (control(c))
            out += octal({c});
        else
            out += c;
    }
    return (is_text ? out : octal(out)) + "\"";
}

std::vector<std::string> command_lines(const Loader& loader, const Unit& unit, const std::string& key) {
    std::vector<std::string> lines;
    for (const auto& command : read_commands(loader, unit, key).commands) {
        std::string line;
        for (const auto& argument : command.arguments) {
            if (!line.empty()) line += ' ';
            line += shown(argument);
        }
        lines.push_back(line);
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += "\n    " + line;
    return out.empty() ? "\n    (none)" : out;
}

bool has_unified_cgroups() { return std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers"); }

}  // namespace

Computed compute(Loader& loader, const std::string& goal, bool container) {
    GraphBuilder builder(loader, {.devices = true, .container = container, .unified_cgroups = has_unified_cgroups()});
    builder.load(goal);
    Computed result(std::move(builder).finish());
    const std::vector<NodeId> goals{*result.graph.find(goal)};
    try {
        const Transaction transaction = plan(result.graph, goals, boot_mode(result.graph, goals));
        for (const Job& job : transaction.jobs) {
            const std::string name(result.graph.node(job.unit).name);
            result.jobs[name] = to_string(job.type);
            result.order.push_back(name);
        }
        for (std::size_t i = 0; i < transaction.cycles.size(); ++i)
            for (const NodeId unit : transaction.cycles[i]) result.cycle[std::string(result.graph.node(unit).name)] = i;
    } catch (const Error& error) {
        result.refusal = error.what();
    }
    return result;
}

bool in_container(const OracleAnswer& answer) {
    for (const char* name : {"docker", "lxc", "lxc-libvirt", "podman", "systemd-nspawn", "container-other", "wsl",
                             "proot", "pouch", "rkt", "openvz"})
        if (answer.messages.find("Detected virtualization " + std::string(name) + ".") != std::string::npos)
            return true;
    return false;
}

std::vector<std::string> differences(const Computed& ours, const OracleAnswer& systemd, const std::string& goal) {
    std::vector<std::string> lines;
    // A goal that cannot be loaded makes systemd fall back to rescue.target.
    const bool fell_back = systemd.status == 0 && !systemd.jobs.contains(goal) &&
                           systemd.messages.find("Falling back to") != std::string::npos;
    const bool refused = systemd.status != 0 || fell_back;
    if (refused != !ours.refusal.empty())
        lines.push_back(refused ? "systemd refuses, we do not: " + systemd.messages
                                : "we refuse, systemd does not: " + ours.refusal);
    if (!refused) {
        compare_jobs(ours, systemd, lines);
        compare_units(ours, systemd, lines);
        check_order(ours, systemd, lines);
    }
    return lines;
}

std::vector<std::string> command_differences(Loader& loader, const OracleAnswer& systemd, std::size_t& commands) {
    std::vector<std::string> lines;
    for (const auto& [name, answered] : systemd.units) {
        if (!is_loadable_name(name) || (answered.state != "loaded" && answered.state != "masked")) continue;
        const auto& unit = loader.load(name);
        if (unit.type != UnitType::service && unit.type != UnitType::socket) continue;
        for (const char* key : {"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop",
                                "ExecStopPre", "ExecStopPost"}) {
            const auto found = answered.commands.find(key);
            const auto theirs = found == answered.commands.end() ? std::vector<std::string>{} : found->second;
            const auto ours =
                unit.state == UnitState::loaded ? command_lines(loader, unit, key) : std::vector<std::string>{};
            commands += theirs.size();
            if (ours != theirs)
                lines.push_back("commands of " + name + ": " + key + "\n  systemd:" + joined(theirs) +
                                "\n  ours:" + joined(ours));
        }
    }
    return lines;
}

}  // namespace sandgraft::test
