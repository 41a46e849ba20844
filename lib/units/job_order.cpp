// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/job_order.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <functional>
#include <queue>

namespace sandgraft::units {

namespace {

/// Calls `visit` with every job that runs after `job`.
template <typename Visit>
void for_each_later(const DependencyGraph& graph, const JobSet& jobs, JobId job, Visit visit) {
    const JobSet::Entry& entry = jobs[job];
    for (const Edge& edge : graph.out(entry.unit, DependencyKind::before))
        if (const JobId other = jobs.first(edge.to); other != none && runs_in_order(jobs[other].type)) visit(other);
    // Ordered after another unit, but stopping comes first.
    if (entry.type != JobType::stop) return;
    for (const std::uint32_t i : graph.in(entry.unit, DependencyKind::before))
        if (const JobId other = jobs.first(graph.edges()[i].from); other != none) visit(other);
}

/// Walks the jobs in their order, looking for cycles. What was found free of cycles stays so when jobs are dropped,
/// so it is not walked again.
class CycleBreaker {
public:
    CycleBreaker(const DependencyGraph& graph, JobSet& jobs, std::vector<std::string>& notes)
        : graph_(graph), jobs_(jobs), notes_(notes), state_(graph.nodes().size(), State::unknown) {}

    /// @return false when a job had to be dropped.
    bool walk();

private:
    enum class State : std::uint8_t { unknown, on_path, free };
    struct Step {
        JobId job;
        std::vector<JobId> later;
        std::size_t next = 0;
    };

    bool walk_from(JobId root);
    void push(JobId job);
    void break_at(JobId repeated);
    State& state(JobId job) { return state_[jobs_[job].unit]; }
    [[nodiscard]] std::string describe(JobId job) const;

    const DependencyGraph& graph_;
    JobSet& jobs_;
    std::vector<std::string>& notes_;
    std::vector<State> state_;
    std::vector<Step> path_;
};

bool CycleBreaker::walk() {
    for (JobId job = 0; job < jobs_.size(); ++job)
        if (jobs_[job].alive && jobs_.first(jobs_[job].unit) == job && !walk_from(job)) return false;
    return true;
}

void CycleBreaker::push(JobId job) {
    state(job) = State::on_path;
    Step step{job, {}, 0};
    for_each_later(graph_, jobs_, job, [&](JobId later) {
        if (state(later) != State::free) step.later.push_back(later);
    });
    path_.push_back(std::move(step));
}

bool CycleBreaker::walk_from(JobId root) {
    if (state(root) == State::free) return true;
    push(root);
    while (!path_.empty()) {
        Step& step = path_.back();
        if (step.next == step.later.size()) {
            state(step.job) = State::free;
            path_.pop_back();
            continue;
        }
        const JobId later = step.later[step.next++];
        if (state(later) == State::on_path) {
            break_at(later);
            return false;
        }
        if (state(later) == State::unknown) push(later);
    }
    return true;
}

std::string CycleBreaker::describe(JobId job) const {
    return std::string(graph_.node(jobs_[job].unit).name) + "/" + std::string(to_string(jobs_[job].type));
}

/// Drops the job of the cycle nearest to its end that no goal needs.
void CycleBreaker::break_at(JobId repeated) {
    std::string cycle;
    JobId victim = none;
    for (auto step = path_.rbegin(); step != path_.rend(); ++step) {
        cycle = describe(step->job) + (cycle.empty() ? "" : ", ") + cycle;
        if (victim == none && !jobs_.unit_matters(jobs_[step->job].unit)) victim = step->job;
        if (step->job == repeated) break;
    }
    if (victim == none) throw Error(ErrorCode::refused, "transaction order is cyclic: " + cycle);
    notes_.push_back(describe(victim) + " is dropped to break the ordering cycle " + cycle);
    for (const Step& step : path_) state(step.job) = State::unknown;
    path_.clear();
    jobs_.remove_unit(jobs_[victim].unit);
}

}  // namespace

void break_cycles(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<std::string>& notes) {
    CycleBreaker breaker(graph, jobs, notes);
    do {
        if (collect_garbage) jobs.collect_garbage();
    } while (!breaker.walk());
}

std::vector<Job> in_start_order(const DependencyGraph& graph, const JobSet& jobs) {
    std::vector<std::uint32_t> waits_for(jobs.size());
    std::size_t live = 0;
    for (JobId job = 0; job < jobs.size(); ++job) {
        if (!jobs[job].alive) continue;
        ++live;
        for_each_later(graph, jobs, job, [&](JobId later) { ++waits_for[later]; });
    }
    std::priority_queue<JobId, std::vector<JobId>, std::greater<>> ready;
    for (JobId job = 0; job < jobs.size(); ++job)
        if (jobs[job].alive && waits_for[job] == 0) ready.push(job);

    std::vector<Job> order;
    order.reserve(live);
    while (!ready.empty()) {
        const JobId job = ready.top();
        ready.pop();
        order.push_back({jobs[job].unit, jobs[job].type});
        for_each_later(graph, jobs, job, [&](JobId later) {
            if (--waits_for[later] == 0) ready.push(later);
        });
    }
    return order;
}

}  // namespace sandgraft::units
