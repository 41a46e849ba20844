// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/jobs/job_set.hpp"

#include <string>
#include <vector>

namespace sandgraft::units {

/// Drops jobs until their order has no cycle, only such as no goal needs.
/// @param notes  gets a line for each job dropped.
/// @throws Error refused when a cycle consists of jobs that the goals need.
void break_cycles(const DependencyGraph& graph, JobSet& jobs, bool collect_garbage, std::vector<std::string>& notes);

/// The merged jobs in an order that respects the ordering dependencies; among those that are free, in the order in
/// which they were pulled in.
std::vector<Job> in_start_order(const DependencyGraph& graph, const JobSet& jobs);

}  // namespace sandgraft::units
