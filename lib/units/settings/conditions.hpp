// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"
#include "units/load/unit.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// A Condition…= or Assert…= that cannot hold.
struct ImpossibleCondition {
    std::string text;        ///< the setting, and where it cannot hold
    bool is_assert = false;  ///< the unit fails; else it is skipped

    bool operator==(const ImpossibleCondition&) const = default;
};

/// The conditions of a unit that cannot hold in a sandbox.
/// What depends on the running guest (the kernel's command line, files below /run) is left alone.
/// @param container  the sandbox is a container; false: a machine.
std::vector<ImpossibleCondition> impossible_conditions(const Loader& loader, const Unit& unit, bool container);

}  // namespace sandgraft::units
