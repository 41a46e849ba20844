// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/jobs/explain.hpp"

#include <sandgraft/unit_closure.hpp>

#include <string>

namespace sandgraft::units {

/// A Graphviz document of the units that a transaction starts.
std::string to_dot(const DependencyGraph& graph, const Transaction& transaction, const UnitGraphOptions& options);

}  // namespace sandgraft::units
