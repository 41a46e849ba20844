// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/transaction.hpp"

#include "units/jobs/job_collector.hpp"
#include "units/jobs/job_order.hpp"
#include "units/jobs/start_order.hpp"

#include <sandgraft/error.hpp>

#include <optional>

namespace sandgraft::units {

namespace {

/// Two jobs of one unit as one; nullopt when they contradict each other.
std::optional<JobType> merged(JobType a, JobType b) {
    if (a == b) return a;
    if (a == JobType::stop || b == JobType::stop) return std::nullopt;
    return JobType::start;
}

class Planner {
public:
    Planner(const DependencyGraph& graph, JobMode mode)
        : graph_(graph), collects_garbage_(mode != JobMode::isolate), jobs_(graph.nodes().size()) {}

    Transaction plan(std::span<const NodeId> goals, std::span<const NodeId> missing);

private:
    void drop_redundant();
    [[nodiscard]] bool is_redundant(JobId job) const;
    void merge_all();
    bool drop_one_contradiction(NodeId unit);
    [[nodiscard]] JobId less_wanted(JobId a, JobId b) const;
    void merge_unit(NodeId unit);
    [[nodiscard]] bool contradicts_itself(NodeId unit) const;

    const DependencyGraph& graph_;
    bool collects_garbage_;
    JobSet jobs_;
    Transaction result_;
};

Transaction Planner::plan(std::span<const NodeId> goals, std::span<const NodeId> missing) {
    JobCollector collector(graph_, jobs_, missing);
    for (const NodeId goal : goals) collector.add_goal(goal);
    jobs_.mark_what_matters();
    drop_redundant();
    break_cycles(graph_, jobs_, collects_garbage_, result_.dropped);
    merge_all();
    drop_redundant();
    StartOrder order = in_start_order(graph_, jobs_);
    result_.jobs = std::move(order.jobs);
    result_.cycles = std::move(order.cycles);
    return std::move(result_);
}

bool Planner::is_redundant(JobId job) const {
    const bool active = graph_.node(jobs_[job].unit).active;
    return jobs_[job].type == JobType::stop ? !active : active;
}

/// Drops the jobs that would change nothing, where that is true of all jobs of a unit.
void Planner::drop_redundant() {
    for (JobId job = 0; job < jobs_.size(); ++job) {
        if (!jobs_[job].alive || jobs_.first(jobs_[job].unit) != job) continue;
        bool keep = false;
        for (JobId other = job; other != none; other = jobs_.next(other))
            keep = keep || jobs_[other].goal || !is_redundant(other);
        for (JobId other = job; !keep && other != none; other = jobs_.next(other)) jobs_.remove(other);
    }
}

bool Planner::contradicts_itself(NodeId unit) const {
    const JobId first = jobs_.first(unit);
    for (JobId other = first; other != none; other = jobs_.next(other))
        if (!merged(jobs_[first].type, jobs_[other].type)) return true;
    return false;
}

void Planner::merge_all() {
    for (JobId job = 0; job < jobs_.size(); ++job) {
        const NodeId unit = jobs_[job].unit;
        while (contradicts_itself(unit)) {
            if (!drop_one_contradiction(unit))
                throw Error(ErrorCode::refused, "transaction contains conflicting jobs 'start' and 'stop' for " +
                                                    std::string(graph_.node(unit).name) +
                                                    ", probably by contradicting requirement dependencies");
            if (collects_garbage_) jobs_.collect_garbage();
        }
    }
    for (JobId job = 0; job < jobs_.size(); ++job)
        if (jobs_[job].alive) merge_unit(jobs_[job].unit);
}

/// Of two jobs that contradict each other, the one to drop; none when the goals need both.
JobId Planner::less_wanted(JobId a, JobId b) const {
    if (jobs_[a].matters && jobs_[b].matters) return none;
    if (jobs_[a].matters) return b;
    if (jobs_[b].matters) return a;
    // Nobody needs either. Rather do something than undo it, unless another unit insists on the stop.
    if (jobs_[a].type == JobType::stop) return jobs_.is_conflicted(a) ? b : a;
    return jobs_.is_conflicted(b) ? a : b;
}

bool Planner::drop_one_contradiction(NodeId unit) {
    for (JobId a = jobs_.first(unit); a != none; a = jobs_.next(a))
        for (JobId b = jobs_.next(a); b != none; b = jobs_.next(b)) {
            if (merged(jobs_[a].type, jobs_[b].type)) continue;
            const JobId victim = less_wanted(a, b);
            if (victim == none) return false;
            result_.dropped.push_back({unit, DroppedJob::Reason::contradiction,
                                       std::string(graph_.node(unit).name) + "/" + to_string(jobs_[victim].type) +
                                           " is dropped because it contradicts another job of the unit"});
            jobs_.remove_with_dependents(victim);
            return true;
        }
    return true;
}

void Planner::merge_unit(NodeId unit) {
    const JobId kept = jobs_.first(unit);
    for (JobId other = jobs_.next(kept); other != none; other = jobs_.next(kept))
        jobs_.merge(kept, other, *merged(jobs_[kept].type, jobs_[other].type));
}

}  // namespace

Transaction plan(const DependencyGraph& graph, std::span<const NodeId> goals, JobMode mode,
                 std::span<const NodeId> missing) {
    return Planner(graph, mode).plan(goals, missing);
}

JobMode boot_mode(const DependencyGraph& graph, std::span<const NodeId> goals) {
    return goals.size() == 1 && graph.node(goals[0]).allow_isolate ? JobMode::isolate : JobMode::replace;
}

}  // namespace sandgraft::units
