// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/jobs/job_set.hpp"

#include <vector>

namespace sandgraft::units {

struct StartOrder {
    std::vector<Job> jobs;
    std::vector<std::vector<NodeId>> cycles;  ///< units whose jobs wait for each other, by the place of the first
};

/// The merged jobs in an order that respects the ordering dependencies; among those that are free, in the order in
/// which they were pulled in. Merging can close a cycle after all cycles were broken; systemd does not look again
/// either, so they are there to be told of.
StartOrder in_start_order(const DependencyGraph& graph, const JobSet& jobs);

}  // namespace sandgraft::units
