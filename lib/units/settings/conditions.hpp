// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"
#include "units/load/unit.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// The Condition…= or Assert…= settings of a unit that cannot hold in a sandbox: each as "ConditionFoo=value: why".
/// What depends on the running guest (the kernel's command line, files below /run) is left alone.
/// @param container  the sandbox is a container; false: a machine.
std::vector<std::string> impossible_conditions(const Loader& loader, const Unit& unit, bool container);

}  // namespace sandgraft::units
