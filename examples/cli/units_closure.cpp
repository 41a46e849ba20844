// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.hpp"
#include "units.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <iostream>
#include <map>

namespace cli {

namespace {

using sandgraft::UnitClosure;
using sandgraft::UnitDependency;
using sandgraft::UnitJob;
using sandgraft::UnitLink;
using sandgraft::UnitSet;

/// {"Requires": [{"unit": "a.service", "origin": ["file"]}], ...}
std::string dependencies_json(const std::vector<UnitDependency>& dependencies) {
    std::map<std::string, std::vector<std::string>> by_kind;
    for (const UnitDependency& dependency : dependencies)
        by_kind[dependency.kind].push_back(
            json_object({{"unit", json_text(dependency.unit)}, {"origin", json_list(dependency.origins)}}));
    std::vector<std::pair<std::string, std::string>> members;
    for (const auto& [kind, values] : by_kind) {
        std::string list;
        for (const std::string& value : values) list += (list.empty() ? "" : ", ") + value;
        members.emplace_back(kind, "[" + list + "]");
    }
    return json_object(members);
}

/// The units that wait for each other with this one, itself included.
std::vector<std::string> cycle_of(const UnitClosure& closure, const std::string& unit) {
    for (const std::vector<std::string>& cycle : closure.cycles())
        if (std::find(cycle.begin(), cycle.end(), unit) != cycle.end()) return cycle;
    return {};
}

std::string job_json(const UnitSet& set, const UnitClosure& closure, const UnitJob& job) {
    const sandgraft::UnitInfo info = set.info(job.unit);
    return json_object({{"name", json_text(job.unit)},
                        {"aliases", json_list(info.aliases)},
                        {"fragment", info.fragment.empty() ? "null" : json_text(info.fragment)},
                        {"dropIns", json_list(info.drop_ins)},
                        {"job", json_text(to_string(job.type))},
                        {"cycle", json_list(cycle_of(closure, job.unit))},
                        {"dependencies", dependencies_json(closure.dependencies(job.unit))}});
}

std::string words(const std::vector<std::string>& texts) {
    std::string joined;
    for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
    return joined;
}

void print_notes(const UnitClosure& closure) {
    for (const std::string& note : closure.notes()) std::cerr << "sandgraft units: " << note << '\n';
    for (const std::vector<std::string>& cycle : closure.cycles())
        std::cerr << "sandgraft units: the jobs of " << words(cycle) << " wait for each other, and none is ever run\n";
}

std::string link_json(const UnitLink& link) {
    return json_object({{"from", json_text(link.from)},
                        {"kind", json_text(link.kind)},
                        {"to", json_text(link.to)},
                        {"origin", json_list(link.origins)}});
}

void print_why_json(const UnitClosure& closure, const std::string& unit) {
    std::vector<std::string> chain;
    for (const UnitLink& link : closure.why(unit)) chain.push_back(link_json(link));
    const sandgraft::UnitRemoval removal = closure.without(unit);
    std::cout << json_object({{"unit", json_text(unit)},
                              {"chain", json_array(chain)},
                              {"bringsIn", json_list(closure.brings_in(unit))},
                              {"without",
                               json_object({{"refusal", removal.refusal.empty() ? "null" : json_text(removal.refusal)},
                                            {"dropped", json_list(removal.dropped)}})}})
              << '\n';
}

void print_why(const UnitClosure& closure, const std::string& unit) {
    const auto chain = closure.why(unit);
    std::cout << (chain.empty() ? unit : chain.front().from) << '\n';
    std::string indent;
    for (const UnitLink& link : chain) {
        indent += "  ";
        std::cout << indent << link.kind << " (" << words(link.origins) << ") " << link.to << '\n';
    }
    const auto brought = closure.brings_in(unit);
    std::cout << "brings in: " << (brought.empty() ? "nothing else" : words(brought)) << '\n';
    const sandgraft::UnitRemoval removal = closure.without(unit);
    if (removal.refusal.empty())
        std::cout << "without it, not started: " << words(removal.dropped) << '\n';
    else
        std::cout << "without it, nothing can be started: " << removal.refusal << '\n';
}

}  // namespace

int units_closure(const UnitsRequest& request) {
    const UnitSet set(request.source);
    const UnitClosure closure = set.closure(with_suffixes(request.units));
    print_notes(closure);
    if (!request.json) {
        for (const std::string& unit : closure.units()) std::cout << unit << '\n';
        return 0;
    }
    std::vector<std::string> jobs;
    for (const UnitJob& job : closure.jobs()) jobs.push_back(job_json(set, closure, job));
    std::cout << json_array(jobs) << '\n';
    return 0;
}

int units_why(const UnitsRequest& request) {
    if (request.goal.empty()) throw UsageError("why needs --for GOAL");
    const UnitSet set(request.source);
    const UnitClosure closure = set.closure(with_suffixes({request.goal}));
    const std::string unit = with_suffixes(request.units).front();
    if (request.json)
        print_why_json(closure, unit);
    else
        print_why(closure, unit);
    return 0;
}

int units_graph(const UnitsRequest& request) {
    const UnitSet set(request.source);
    const UnitClosure closure = set.closure(with_suffixes(request.units));
    print_notes(closure);
    const std::string drawing = closure.to_dot({.requirements = true, .ordering = true, .defaults = request.all});
    std::cout << (request.json ? json_object({{"dot", json_text(drawing)}}) + "\n" : drawing);
    return 0;
}

}  // namespace cli
