// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/job_order.hpp"

#include "units/jobs/later_jobs.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>

namespace sandgraft::units {

namespace {

std::ptrdiff_t offset(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

/// Walks the jobs in their order, looking for cycles. What was found free of cycles stays so when jobs are dropped,
/// and what leads to a cycle stays on the path, so nothing is walked twice for each cycle.
class CycleBreaker {
public:
    CycleBreaker(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<DroppedJob>& dropped)
        : graph_(graph),
          jobs_(jobs),
          collects_garbage_(collect_garbage),
          dropped_(dropped),
          state_(graph.nodes().size(), State::unknown),
          place_(graph.nodes().size()) {}

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
    [[nodiscard]] std::optional<std::size_t> find_victim(std::size_t begin) const;
    [[nodiscard]] std::string describe_cycle(std::size_t begin) const;
    [[nodiscard]] bool is_all_that_is_gone(std::size_t place, std::span<const JobId> gone) const;
    [[nodiscard]] std::size_t length_without(std::span<const JobId> gone, std::size_t begin) const;
    void turn_path(std::size_t begin, std::size_t gone);
    void cut_path(std::size_t length);
    State& state(JobId job) { return state_[jobs_[job].unit]; }
    [[nodiscard]] std::string describe(JobId job) const;

    const DependencyGraph& graph_;
    JobSet& jobs_;
    bool collects_garbage_;
    std::vector<DroppedJob>& dropped_;
    std::vector<State> state_;        ///< by unit
    std::vector<std::size_t> place_;  ///< in the path, by unit
    std::vector<Step> path_;
};

void CycleBreaker::run() {
    for (std::size_t before = 0;; before = dropped_.size()) {
        for (JobId job = 0; job < jobs_.size(); ++job)
            while (jobs_[job].alive && jobs_.first(jobs_[job].unit) == job && state(job) != State::free) walk_from(job);
        // A job that was dropped may have made way for an earlier one of its unit.
        if (dropped_.size() == before) return;
    }
}

void CycleBreaker::push(JobId job) {
    state(job) = State::on_path;
    place_[jobs_[job].unit] = path_.size();
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

/// The place of the job nearest to the end of the path that no goal needs.
std::optional<std::size_t> CycleBreaker::find_victim(std::size_t begin) const {
    for (std::size_t i = path_.size(); i-- > begin;)
        if (!jobs_.unit_matters(jobs_[path_[i].job].unit)) return i;
    return std::nullopt;
}

std::string CycleBreaker::describe_cycle(std::size_t begin) const {
    constexpr std::size_t most_names = 20;
    std::string text;
    for (std::size_t i = begin; i < path_.size() && i < begin + most_names; ++i)
        text += (text.empty() ? "" : ", ") + describe(path_[i].job);
    return text + (path_.size() - begin > most_names ? ", ..." : "");
}

/// Drops a job of the cycle that the end of the path closes, and goes back to what is left of the path.
void CycleBreaker::break_at(JobId repeated) {
    const std::size_t begin = place_[jobs_[repeated].unit];
    const std::size_t removed = jobs_.removed().size();
    const auto place = find_victim(begin);
    const std::string cycle = describe_cycle(begin);
    if (!place) throw Error(ErrorCode::refused, "transaction order is cyclic: " + cycle);
    const JobId victim = path_[*place].job;
    dropped_.push_back({jobs_[victim].unit, DroppedJob::Reason::cycle,
                        describe(victim) + " is dropped to break the ordering cycle " + cycle});
    jobs_.remove_unit(jobs_[victim].unit);
    if (collects_garbage_) jobs_.collect_garbage();
    const auto gone = std::span(jobs_.removed()).subspan(removed);
    const std::size_t behind = path_.size() - *place - 1;
    if (behind > begin && behind > path_.size() / 4 && is_all_that_is_gone(*place, gone))
        turn_path(begin, *place);
    else
        cut_path(length_without(gone, begin));
}

/// No other job of the path is gone, and none of any unit has come to light.
bool CycleBreaker::is_all_that_is_gone(std::size_t place, std::span<const JobId> gone) const {
    return std::all_of(gone.begin(), gone.end(), [&](JobId job) {
        const NodeId unit = jobs_[job].unit;
        return jobs_.first(unit) == none && (state_[unit] != State::on_path || place_[unit] == place);
    });
}

/// How much of the path stands before the jobs that are gone. Where another job of their units comes to light, which
/// the jobs of the cycle have not met, it ends before the cycle.
std::size_t CycleBreaker::length_without(std::span<const JobId> gone, std::size_t begin) const {
    std::size_t length = path_.size();
    for (const JobId job : gone) {
        const NodeId unit = jobs_[job].unit;
        if (state_[unit] == State::on_path && path_[place_[unit]].job == job) length = std::min(length, place_[unit]);
        if (jobs_.first(unit) != none) length = std::min(length, begin);
    }
    return length;
}

/// Goes on from the other side of a job that is gone, which is where most of the cycle is: what stood behind the job
/// leads over the edge that closed the cycle to what stood before it.
void CycleBreaker::turn_path(std::size_t begin, std::size_t gone) {
    for (std::size_t i = 0; i <= gone; ++i)
        if (i < begin || i == gone) state(path_[i].job) = State::unknown;
    std::vector<Step> turned;
    turned.reserve(path_.size() - begin);
    std::move(path_.begin() + offset(gone + 1), path_.end(), std::back_inserter(turned));
    std::move(path_.begin() + offset(begin), path_.begin() + offset(gone), std::back_inserter(turned));
    path_ = std::move(turned);
    for (std::size_t i = 0; i < path_.size(); ++i) place_[jobs_[path_[i].job].unit] = i;
}

void CycleBreaker::cut_path(std::size_t length) {
    for (std::size_t i = length; i < path_.size(); ++i) state(path_[i].job) = State::unknown;
    path_.resize(length);
    if (length > 0) --path_.back().next;
}

}  // namespace

void break_cycles(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<DroppedJob>& dropped) {
    if (collect_garbage) jobs.collect_garbage();
    CycleBreaker(graph, jobs, collect_garbage, dropped).run();
}

}  // namespace sandgraft::units
