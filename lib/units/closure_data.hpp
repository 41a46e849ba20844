// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/graph_builder.hpp"
#include "units/jobs/transaction.hpp"

#include <sandgraft/unit_set.hpp>

#include <string>
#include <vector>

namespace sandgraft {

/// What a UnitClosure is made of.
struct UnitClosure::Data {
    units::DependencyGraph graph;
    units::Transaction transaction;
    std::vector<units::NodeId> goal_nodes;
    std::vector<std::string> goals;
    std::vector<UnitJob> jobs;
    std::vector<std::string> notes;
};

}  // namespace sandgraft

namespace sandgraft::units {

/// A container has no udev, so no device units.
Environment environment_of(const UnitSource& source);

/// The graph of all units that the goals refer to, and the nodes of the goals.
struct LoadedGoals {
    DependencyGraph graph;
    std::vector<NodeId> nodes;
};

/// @throws Error invalid when a goal is not the name of a unit.
LoadedGoals load_goals(Loader& loader, const std::vector<std::string>& goals, Environment environment);

/// @throws Error invalid, or refused with systemd's reason.
UnitClosure close(Loader& loader, const std::vector<std::string>& goals, Environment environment);

}  // namespace sandgraft::units
