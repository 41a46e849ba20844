// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/job_order.hpp"

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
/// and what leads to a cycle stays on the path, so nothing is walked twice for each cycle.
class CycleBreaker {
public:
    CycleBreaker(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<std::string>& notes)
        : graph_(graph),
          jobs_(jobs),
          collects_garbage_(collect_garbage),
          notes_(notes),
          state_(graph.nodes().size(), State::unknown) {}

    void run();

private:
    enum class State : std::uint8_t { unknown, on_path, free };
    struct Step {
        JobId job;
        std::vector<JobId> later;
        std::size_t next = 0;
    };

    void walk_from(JobId root);
    void push(JobId job);
    void break_at(JobId repeated);
    [[nodiscard]] JobId find_victim(std::size_t begin) const;
    [[nodiscard]] std::string describe_cycle(std::size_t begin) const;
    void cut_path(std::size_t length);
    State& state(JobId job) { return state_[jobs_[job].unit]; }
    [[nodiscard]] std::string describe(JobId job) const;

    const DependencyGraph& graph_;
    JobSet& jobs_;
    bool collects_garbage_;
    std::vector<std::string>& notes_;
    std::vector<State> state_;
    std::vector<Step> path_;
};

void CycleBreaker::run() {
    for (std::size_t dropped = 0;; dropped = notes_.size()) {
        for (JobId job = 0; job < jobs_.size(); ++job)
            while (jobs_[job].alive && jobs_.first(jobs_[job].unit) == job && state(job) != State::free) walk_from(job);
        // A job that was dropped may have made way for an earlier one of its unit.
        if (notes_.size() == dropped) return;
    }
}

void CycleBreaker::push(JobId job) {
    state(job) = State::on_path;
    Step step{job, {}, 0};
    for_each_later(graph_, jobs_, job, [&](JobId later) {
        if (state(later) != State::free) step.later.push_back(later);
    });
    path_.push_back(std::move(step));
}

void CycleBreaker::walk_from(JobId root) {
    push(root);
    while (!path_.empty()) {
        Step& step = path_.back();
        if (step.next == step.later.size()) {
            state(step.job) = State::free;
            path_.pop_back();
            continue;
        }
        const JobId later = step.later[step.next++];
        if (!jobs_[later].alive) continue;
        if (state(later) == State::on_path)
            break_at(later);
        else if (state(later) == State::unknown)
            push(later);
    }
}

std::string CycleBreaker::describe(JobId job) const {
    return std::string(graph_.node(jobs_[job].unit).name) + "/" + to_string(jobs_[job].type);
}

/// The job nearest to the end of the path that no goal needs.
JobId CycleBreaker::find_victim(std::size_t begin) const {
    for (std::size_t i = path_.size(); i-- > begin;)
        if (!jobs_.unit_matters(jobs_[path_[i].job].unit)) return path_[i].job;
    return none;
}

std::string CycleBreaker::describe_cycle(std::size_t begin) const {
    constexpr std::size_t most_names = 20;
    std::string text;
    for (std::size_t i = begin; i < path_.size() && i < begin + most_names; ++i)
        text += (text.empty() ? "" : ", ") + describe(path_[i].job);
    return text + (path_.size() - begin > most_names ? ", ..." : "");
}

/// Drops a job of the cycle that the end of the path closes, and goes back to what is left of the path before it.
void CycleBreaker::break_at(JobId repeated) {
    std::size_t begin = path_.size() - 1;
    while (jobs_[path_[begin].job].unit != jobs_[repeated].unit) --begin;
    const JobId victim = find_victim(begin);
    const std::string cycle = describe_cycle(begin);
    if (victim == none) throw Error(ErrorCode::refused, "transaction order is cyclic: " + cycle);
    notes_.push_back(describe(victim) + " is dropped to break the ordering cycle " + cycle);
    jobs_.remove_unit(jobs_[victim].unit);
    if (collects_garbage_) jobs_.collect_garbage();
    std::size_t length = 0;
    while (length < begin && jobs_[path_[length].job].alive) ++length;
    cut_path(length);
}

void CycleBreaker::cut_path(std::size_t length) {
    for (std::size_t i = length; i < path_.size(); ++i) state(path_[i].job) = State::unknown;
    path_.resize(length);
    if (length > 0) --path_.back().next;
}

}  // namespace

void break_cycles(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<std::string>& notes) {
    if (collect_garbage) jobs.collect_garbage();
    CycleBreaker(graph, jobs, collect_garbage, notes).run();
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
    // Merging can close a cycle after all cycles were broken; systemd does not look again either.
    for (JobId job = 0; order.size() < live && job < jobs.size(); ++job)
        if (jobs[job].alive && waits_for[job] > 0) order.push_back({jobs[job].unit, jobs[job].type});
    return order;
}

}  // namespace sandgraft::units
