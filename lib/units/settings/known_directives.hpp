// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/unit.hpp"

#include <string_view>
#include <vector>

namespace sandgraft::units {

/// systemd reads the section in units of the type.
bool is_known_section(UnitType type, std::string_view section);

/// systemd knows the directive in units of the type.
bool is_known_directive(UnitType type, std::string_view section, std::string_view key);

/// What systemd warns about and ignores in the unit: sections and keys that it does not know, but for those whose names
/// begin with "X-".
std::vector<Warning> unknown_directives(const Unit& unit);

}  // namespace sandgraft::units
