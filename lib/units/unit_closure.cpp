// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/closure_data.hpp"
#include "units/graphviz.hpp"
#include "units/jobs/explain.hpp"
#include "units/unit_set_state.hpp"
#include "units/verify.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>

namespace sandgraft {

using units::DependencyGraph;
using units::Edge;
using units::NodeId;

namespace {

std::string name_of(const DependencyGraph& graph, NodeId unit) { return std::string(graph.node(unit).name); }

std::vector<std::string> words_of(units::OriginSet origins) {
    const std::string text = units::to_string(origins);
    std::vector<std::string> words;
    for (const std::string_view word : base::split(text, ' '))
        if (!word.empty()) words.emplace_back(word);
    return words;
}

UnitLink as_link(const DependencyGraph& graph, const Edge& edge) {
    return {name_of(graph, edge.from), std::string(to_string(units::Relation{edge.kind})), name_of(graph, edge.to),
            words_of(edge.origins())};
}

NodeId node_with_job(const UnitClosure::Data& data, const units::JobIndex& jobs, std::string_view unit) {
    const auto node = data.graph.find(unit);
    if (!node || !jobs.any(*node))
        throw Error(ErrorCode::not_found, "unit " + base::quote(unit) + " is not part of what is started for " +
                                              base::quote(data.goals.empty() ? "" : data.goals.front()));
    return *node;
}

}  // namespace

std::string to_string(UnitFinding::Kind kind) {
    switch (kind) {
        case UnitFinding::Kind::missing_unit: return "missing-unit";
        case UnitFinding::Kind::missing_executable: return "missing-executable";
        case UnitFinding::Kind::cycle: return "cycle";
        case UnitFinding::Kind::conflict: return "conflict";
        case UnitFinding::Kind::condition: return "condition";
        case UnitFinding::Kind::setting: return "setting";
        case UnitFinding::Kind::refused: break;
    }
    return "refused";
}

std::string to_string(UnitFinding::Severity severity) {
    switch (severity) {
        case UnitFinding::Severity::note: return "note";
        case UnitFinding::Severity::warning: return "warning";
        case UnitFinding::Severity::error: break;
    }
    return "error";
}

UnitClosure::UnitClosure(std::shared_ptr<const Data> data) noexcept : data_(std::move(data)) {}

const std::vector<std::string>& UnitClosure::goals() const noexcept { return data_->goals; }
const std::vector<UnitJob>& UnitClosure::jobs() const noexcept { return data_->jobs; }
const std::vector<std::string>& UnitClosure::notes() const noexcept { return data_->notes; }

std::vector<std::vector<std::string>> UnitClosure::cycles() const {
    std::vector<std::vector<std::string>> all;
    for (const auto& cycle : data_->transaction.cycles)
        for (auto& names = all.emplace_back(); const NodeId unit : cycle) names.push_back(name_of(data_->graph, unit));
    return all;
}

std::vector<std::string> UnitClosure::units() const {
    std::vector<std::string> names;
    for (const UnitJob& job : data_->jobs)
        if (job.type == UnitJob::Type::start) names.push_back(job.unit);
    return names;
}

std::vector<UnitDependency> UnitClosure::dependencies(std::string_view unit) const {
    const DependencyGraph& graph = data_->graph;
    const auto node = graph.find(unit);
    if (!node) throw Error(ErrorCode::not_found, "nothing refers to a unit " + base::quote(unit));
    std::vector<UnitDependency> all;
    for (std::size_t i = 0; i < units::dependency_kinds; ++i) {
        const auto kind = static_cast<units::DependencyKind>(i);
        for (const Edge& edge : graph.out(*node, kind))
            all.push_back({std::string(to_string(units::Relation{kind, false})), name_of(graph, edge.to),
                           words_of(edge.origins())});
        if (kind == units::DependencyKind::joins_namespace_of) continue;
        for (const std::uint32_t index : graph.in(*node, kind))
            all.push_back({std::string(to_string(units::Relation{kind, true})),
                           name_of(graph, graph.edges()[index].from), words_of(graph.edges()[index].origins())});
    }
    return all;
}

std::vector<UnitLink> UnitClosure::why(std::string_view unit) const {
    const units::JobIndex jobs(data_->graph, data_->transaction);
    std::vector<UnitLink> links;
    for (const Edge* edge : shortest_chain(data_->graph, jobs, data_->goal_nodes, node_with_job(*data_, jobs, unit)))
        links.push_back(as_link(data_->graph, *edge));
    return links;
}

std::vector<std::string> UnitClosure::brings_in(std::string_view unit) const {
    const units::JobIndex jobs(data_->graph, data_->transaction);
    std::vector<std::string> names;
    for (const NodeId node : reachable(data_->graph, jobs, node_with_job(*data_, jobs, unit)))
        names.push_back(name_of(data_->graph, node));
    return names;
}

UnitRemoval UnitClosure::without(std::string_view unit) const {
    const DependencyGraph& graph = data_->graph;
    const units::JobIndex before(graph, data_->transaction);
    const NodeId missing[] = {node_with_job(*data_, before, unit)};
    UnitRemoval removal;
    units::Transaction rest;
    try {
        rest = units::plan(graph, data_->goal_nodes, units::boot_mode(graph, data_->goal_nodes), missing);
    } catch (const Error& error) {
        removal.refusal = error.what();
    }
    const units::JobIndex after(graph, rest);
    for (const units::Job& job : data_->transaction.jobs)
        if (job.type == units::JobType::start && !after.starts(job.unit))
            removal.dropped.push_back(name_of(graph, job.unit));
    return removal;
}

std::string UnitClosure::to_dot(const UnitGraphOptions& options) const {
    return units::to_dot(data_->graph, data_->transaction, options);
}

UnitClosure UnitSet::closure(const std::vector<std::string>& goals) const {
    return units::close(state_->loader, goals, units::environment_of(state_->source));
}

std::vector<UnitFinding> UnitSet::verify(const std::vector<std::string>& goals) const {
    return units::verify(state_->loader, goals, units::environment_of(state_->source));
}

namespace units {

Environment environment_of(const UnitSource& source) {
    return {.devices = !source.container, .container = source.container};
}

LoadedGoals load_goals(Loader& loader, const std::vector<std::string>& goals, Environment environment) {
    if (goals.empty()) throw Error(ErrorCode::invalid, "no unit is given to start");
    GraphBuilder builder(loader, environment);
    for (const std::string& goal : goals) builder.load(goal);
    LoadedGoals loaded{std::move(builder).finish(), {}};
    for (const std::string& goal : goals) loaded.nodes.push_back(*loaded.graph.find(goal));
    return loaded;
}

UnitClosure close(Loader& loader, const std::vector<std::string>& goals, Environment environment) {
    LoadedGoals loaded = load_goals(loader, goals, environment);
    auto data = std::make_shared<UnitClosure::Data>();
    data->transaction = plan(loaded.graph, loaded.nodes, boot_mode(loaded.graph, loaded.nodes));
    data->graph = std::move(loaded.graph);
    data->graph.detach();
    data->goal_nodes = std::move(loaded.nodes);
    data->goals = goals;
    for (const Job& job : data->transaction.jobs) data->jobs.push_back({name_of(data->graph, job.unit), job.type});
    for (const DroppedJob& dropped : data->transaction.dropped) data->notes.push_back(dropped.text);
    return UnitClosure(std::move(data));
}

}  // namespace units

}  // namespace sandgraft
