// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/job_collector.hpp"

#include <sandgraft/error.hpp>

#include <array>

namespace sandgraft::units {

/// One kind of dependency that a job follows, and the job that it pulls in. When that fails, a job that needs it
/// fails as well. It stays in the transaction all the same, unless it is a goal: it will fail when it is run.
struct JobCollector::Step {
    Relation relation;
    JobType type;
    bool needed;
    bool conflicts = false;
};

std::span<const JobCollector::Step> JobCollector::steps_of(JobType type) {
    using K = DependencyKind;
    static constexpr std::array<Step, 7> starting{{
        {{K::requires_}, JobType::start, true},
        {{K::binds_to}, JobType::start, true},
        {{K::wants}, JobType::start, false},
        {{K::upholds}, JobType::start, false},
        {{K::requisite}, JobType::verify_active, true},
        {{K::conflicts}, JobType::stop, true, true},
        {{K::conflicts, true}, JobType::stop, false},
    }};
    static constexpr std::array<Step, 5> stopping{{
        {{K::requires_, true}, JobType::stop, true},
        {{K::binds_to, true}, JobType::stop, true},
        {{K::requisite, true}, JobType::stop, true},
        {{K::part_of, true}, JobType::stop, true},
        {{K::propagates_stop_to}, JobType::stop, true},
    }};
    if (type == JobType::start) return starting;
    if (type == JobType::stop) return stopping;
    return {};
}

JobCollector::JobCollector(const DependencyGraph& graph, JobSet& jobs, std::span<const NodeId> missing)
    : graph_(graph), jobs_(jobs), missing_(graph.nodes().size()) {
    for (const NodeId unit : missing) missing_[unit] = true;
}

void JobCollector::add_goal(NodeId goal) {
    needed_by_ = {};
    if (enter(goal, JobType::start, none, true, false) != Outcome::ok || run() != Outcome::ok)
        throw Error(ErrorCode::refused, reason());
    jobs_[jobs_.find(goal, JobType::start)].goal = true;
}

UnitState JobCollector::state_of(NodeId unit) const {
    return missing_[unit] ? UnitState::not_found : graph_.node(unit).state;
}

JobCollector::Outcome JobCollector::enter(NodeId unit, JobType type, JobId by, bool matters, bool conflicts) {
    if (type != JobType::stop && state_of(unit) != UnitState::loaded) {
        culprit_ = unit;
        return Outcome::cannot_load;
    }
    if (type == JobType::stop && graph_.node(unit).perpetual) return Outcome::not_applicable;
    JobId job = jobs_.find(unit, type);
    const bool is_new = job == none;
    if (is_new) job = jobs_.add(unit, type);
    if (by != none) jobs_.link(by, job, matters, conflicts);
    if (is_new) stack_.push_back({job, unit});
    return Outcome::ok;
}

JobCollector::Outcome JobCollector::run() {
    Outcome outcome = Outcome::ok;
    while (!stack_.empty()) {
        Frame& frame = stack_.back();
        if (frame.called && !accept(frame, outcome)) {
            stack_.pop_back();
            continue;
        }
        const NodeId dependency = next_dependency(frame);
        if (dependency == no_node) {
            stack_.pop_back();
            outcome = Outcome::ok;
            continue;
        }
        frame.called = true;
        const Step& step = steps(frame)[frame.step];
        const NodeId unit = frame.unit;
        // The stack may grow here: `frame` is not used afterwards.
        outcome = enter(dependency, step.type, frame.job, step.needed, step.conflicts);
        if (outcome == Outcome::cannot_load) needed_by_ = {unit, step.relation};
    }
    return outcome;
}

bool JobCollector::accept(const Frame& frame, Outcome outcome) const {
    return outcome != Outcome::cannot_load || !steps(frame)[frame.step].needed;
}

NodeId JobCollector::next_dependency(Frame& frame) const {
    const std::span<const Step> all = steps(frame);
    for (; frame.step < all.size(); ++frame.step, frame.index = 0) {
        const Relation relation = all[frame.step].relation;
        if (!relation.reversed) {
            const auto edges = graph_.out(frame.unit, relation.kind);
            if (frame.index < edges.size()) return edges[frame.index++].to;
        } else {
            const auto edges = graph_.in(frame.unit, relation.kind);
            if (frame.index < edges.size()) return graph_.edges()[edges[frame.index++]].from;
        }
    }
    return no_node;
}

std::string JobCollector::reason() const {
    const Node& unit = graph_.node(culprit_);
    const std::string name = "unit " + std::string(unit.name);
    std::string detail;
    if (needed_by_.unit != no_node)
        detail = ", required by " + std::string(graph_.node(needed_by_.unit).name) + " (" +
                 std::string(to_string(needed_by_.relation)) + ")";
    if (!unit.state_reason.empty()) detail.append(": ").append(unit.state_reason);
    switch (state_of(culprit_)) {
        case UnitState::not_found: return name + " not found" + detail;
        case UnitState::masked: return name + " is masked" + detail;
        case UnitState::bad_setting: return name + " has a bad unit file setting" + detail;
        default: return name + " failed to load properly" + detail;
    }
}

}  // namespace sandgraft::units
