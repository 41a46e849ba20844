// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"
#include "units/settings/unit_settings.hpp"

#include <memory_resource>

namespace sandgraft::units {

/// @param memory  of the lists; has to outlive the settings.
UnitSettings read_settings(const Loader& loader, const Unit& unit, std::pmr::memory_resource* memory);

}  // namespace sandgraft::units
