// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/graph_builder.hpp"

#include <sandgraft/unit_closure.hpp>

#include <string>
#include <vector>

namespace sandgraft::units {

/// Everything about what the goals start that will not work in a sandbox, in start order.
std::vector<UnitFinding> verify(Loader& loader, const std::vector<std::string>& goals, Environment environment);

}  // namespace sandgraft::units
