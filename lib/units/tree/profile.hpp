// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"

#include <sandgraft/unit_set.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// A unit that cannot do its work in a sandbox.
struct SandboxMask {
    std::string_view unit;
    std::string_view reason;
};

/// What the full profile masks, when the root has it and nobody asked for it.
std::span<const SandboxMask> sandbox_masks();

/// What the minimal profile has besides the closure: those of them that the root has, with the units that they require.
std::span<const std::string_view> minimal_units();

/// The files and links that a guest's systemd gets to see for booting into the goals.
/// @throws Error refused when systemd would refuse to start them.
UnitTree make_tree(Loader& loader, UnitProfile profile, const std::vector<std::string>& goals, bool container);

}  // namespace sandgraft::units
