// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/jobs/job_set.hpp"

#include <string>
#include <vector>

namespace sandgraft::units {

/// Adds a job and, depth first, the jobs that it pulls in. Chains of units can be as long as there are units, so the
/// recursion is a stack of its own.
class JobCollector {
public:
    JobCollector(const DependencyGraph& graph, JobSet& jobs, std::span<const NodeId> missing);

    /// @throws Error refused, saying why the goal cannot be started.
    void add_goal(NodeId goal);

private:
    enum class Outcome : std::uint8_t { ok, not_applicable, cannot_load };
    struct Step;

    /// A job whose dependencies are being followed.
    struct Frame {
        JobId job;
        NodeId unit;
        std::uint32_t step = 0;   ///< the kind of dependency
        std::uint32_t index = 0;  ///< the next dependency of that kind
        bool called = false;      ///< waits for the outcome of one
    };

    static std::span<const Step> steps_of(JobType type);
    [[nodiscard]] std::span<const Step> steps(const Frame& frame) const { return steps_of(jobs_[frame.job].type); }

    [[nodiscard]] Outcome enter(NodeId unit, JobType type, JobId by, bool matters, bool conflicts);
    [[nodiscard]] Outcome run();
    /// Takes the outcome of the call that a frame made. @return false when the frame fails with it.
    [[nodiscard]] bool accept(const Frame& frame, Outcome outcome) const;
    /// Finds the frame's next dependency. @return no_node when there is none left.
    [[nodiscard]] NodeId next_dependency(Frame& frame) const;
    [[nodiscard]] UnitState state_of(NodeId unit) const;
    [[nodiscard]] std::string reason() const;

    const DependencyGraph& graph_;
    JobSet& jobs_;
    std::vector<bool> missing_;
    std::vector<Frame> stack_;
    NodeId culprit_ = no_node;  ///< what cannot be loaded
    struct {
        NodeId unit = no_node;  ///< no_node: it is a goal
        Relation relation{};
    } needed_by_;
};

}  // namespace sandgraft::units
