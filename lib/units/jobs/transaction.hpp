// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/jobs/job.hpp"

#include <span>
#include <string>
#include <vector>

namespace sandgraft::units {

/// How a job request meets what is not part of it.
enum class JobMode : std::uint8_t {
    replace,  ///< as `systemctl start`
    isolate,  ///< as the boot does with a target that has AllowIsolate=yes; also keeps the jobs pulled in by a unit
              ///< that then turned out not to be startable
};

/// What systemd queues for some goals.
struct Transaction {
    std::vector<Job> jobs;                    ///< in an order that respects every ordering dependency but in cycles
    std::vector<std::vector<NodeId>> cycles;  ///< units whose jobs wait for each other for ever
    std::vector<DroppedJob> dropped;
};

/// Computes the jobs for starting the goals, by the rules of systemd's job engine, on a freshly booted system.
/// Several goals are one transaction in which each of them matters.
/// @param missing  units to treat as if they had no file.
/// @throws Error refused with systemd's reason.
Transaction plan(const DependencyGraph& graph, std::span<const NodeId> goals, JobMode mode,
                 std::span<const NodeId> missing = {});

/// The mode that the boot uses for a goal.
JobMode boot_mode(const DependencyGraph& graph, std::span<const NodeId> goals);

}  // namespace sandgraft::units
