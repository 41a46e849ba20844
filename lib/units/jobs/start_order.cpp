// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/start_order.hpp"

#include "units/jobs/later_jobs.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace sandgraft::units {

namespace {

/// By job: the number of the cycle that it is part of, or none.
using Cycles = std::vector<std::uint32_t>;

/// Jobs that can each be reached from each other, found by Tarjan's walk with a stack of its own.
class CycleFinder {
public:
    CycleFinder(const DependencyGraph& graph, const JobSet& jobs)
        : graph_(graph), jobs_(jobs), number_(jobs.size()), lowest_(jobs.size()), cycles_(jobs.size(), none) {}

    Cycles find() {
        for (JobId job = 0; job < jobs_.size(); ++job)
            if (jobs_[job].alive && number_[job] == 0) walk_from(job);
        return std::move(cycles_);
    }

private:
    struct Step {
        JobId job;
        std::vector<JobId> later;
        std::size_t next = 0;
    };

    void walk_from(JobId root);
    void enter(JobId job);
    void leave();

    static constexpr std::uint32_t done = 0xffffffff;

    const DependencyGraph& graph_;
    const JobSet& jobs_;
    std::vector<std::uint32_t> number_;  ///< in the order of the walk from 1 on; `done` when its cycle is known
    std::vector<std::uint32_t> lowest_;  ///< number that can be reached
    Cycles cycles_;
    std::vector<Step> path_;
    std::vector<JobId> open_;  ///< entered, and not yet done
    std::uint32_t entered_ = 0;
    std::uint32_t found_ = 0;
};

void CycleFinder::enter(JobId job) {
    number_[job] = lowest_[job] = ++entered_;
    open_.push_back(job);
    Step step{job, {}, 0};
    for_each_later(graph_, jobs_, job, [&](JobId later) { step.later.push_back(later); });
    path_.push_back(std::move(step));
}

void CycleFinder::leave() {
    const JobId job = path_.back().job;
    path_.pop_back();
    if (!path_.empty()) lowest_[path_.back().job] = std::min(lowest_[path_.back().job], lowest_[job]);
    if (lowest_[job] != number_[job]) return;
    const auto first = std::find(open_.rbegin(), open_.rend(), job).base() - 1;
    const bool is_cycle = open_.end() - first > 1;
    for (auto member = first; member != open_.end(); ++member) {
        number_[*member] = done;
        if (is_cycle) cycles_[*member] = found_;
    }
    if (is_cycle) ++found_;
    open_.erase(first, open_.end());
}

void CycleFinder::walk_from(JobId root) {
    enter(root);
    while (!path_.empty()) {
        Step& step = path_.back();
        if (step.next == step.later.size()) {
            leave();
            continue;
        }
        const JobId later = step.later[step.next++];
        if (number_[later] == 0)
            enter(later);
        else if (number_[later] != done)
            lowest_[step.job] = std::min(lowest_[step.job], number_[later]);
    }
}

/// The jobs that wait for nothing, then those that wait for them alone, and so on; jobs of one cycle do not count as
/// waiting for each other.
std::vector<JobId> sort(const DependencyGraph& graph, const JobSet& jobs, const Cycles& cycles) {
    std::vector<std::uint32_t> waits_for(jobs.size());
    const auto for_each_waiting = [&](JobId job, auto visit) {
        for_each_later(graph, jobs, job, [&](JobId later) {
            if (cycles[job] == none || cycles[job] != cycles[later]) visit(later);
        });
    };
    for (JobId job = 0; job < jobs.size(); ++job)
        if (jobs[job].alive) for_each_waiting(job, [&](JobId later) { ++waits_for[later]; });
    std::priority_queue<JobId, std::vector<JobId>, std::greater<>> ready;
    for (JobId job = 0; job < jobs.size(); ++job)
        if (jobs[job].alive && waits_for[job] == 0) ready.push(job);

    std::vector<JobId> order;
    while (!ready.empty()) {
        const JobId job = ready.top();
        ready.pop();
        order.push_back(job);
        for_each_waiting(job, [&](JobId later) {
            if (--waits_for[later] == 0) ready.push(later);
        });
    }
    return order;
}

std::size_t count_live(const JobSet& jobs) {
    std::size_t live = 0;
    for (JobId job = 0; job < jobs.size(); ++job) live += jobs[job].alive ? 1 : 0;
    return live;
}

}  // namespace

StartOrder in_start_order(const DependencyGraph& graph, const JobSet& jobs) {
    Cycles cycles(jobs.size(), none);
    std::vector<JobId> order = sort(graph, jobs, cycles);
    if (order.size() < count_live(jobs)) {
        cycles = CycleFinder(graph, jobs).find();
        order = sort(graph, jobs, cycles);
    }
    StartOrder result;
    std::vector<std::size_t> place(jobs.size(), none);  ///< of a cycle in the result
    for (const JobId job : order) {
        result.jobs.push_back({jobs[job].unit, jobs[job].type});
        if (cycles[job] == none) continue;
        std::size_t& at = place[cycles[job]];
        if (at == none) {
            at = result.cycles.size();
            result.cycles.emplace_back();
        }
        result.cycles[at].push_back(jobs[job].unit);
    }
    return result;
}

}  // namespace sandgraft::units
