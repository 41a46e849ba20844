// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/jobs/job_set.hpp"

namespace sandgraft::units {

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

}  // namespace sandgraft::units
