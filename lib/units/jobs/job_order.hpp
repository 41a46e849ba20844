// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/jobs/job_set.hpp"

#include <vector>

namespace sandgraft::units {

/// Drops jobs until their order has no cycle, only such as no goal needs.
/// @param dropped  gets these jobs.
/// @throws Error refused when a cycle consists of jobs that the goals need.
void break_cycles(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<DroppedJob>& dropped);

}  // namespace sandgraft::units
