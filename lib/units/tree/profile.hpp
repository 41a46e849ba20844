// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"

#include <sandgraft/unit_set.hpp>

#include <string>
#include <vector>

namespace sandgraft::units {

/// The files and links that a guest's systemd gets to see for booting into the goals.
/// @throws Error refused when systemd would refuse to start them.
UnitTree make_tree(Loader& loader, UnitProfile profile, const std::vector<std::string>& goals, bool container);

}  // namespace sandgraft::units
