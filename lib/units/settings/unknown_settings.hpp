// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/unit.hpp"

#include <vector>

namespace sandgraft::units {

/// What systemd warns about and ignores in the unit: sections and keys that it does not know, but for those whose names
/// begin with "X-".
std::vector<UnitWarning> unknown_settings(const Unit& unit);

}  // namespace sandgraft::units
