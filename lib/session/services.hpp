// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <sandgraft/payload.hpp>

#include <string>

namespace sandgraft::session {

/// Adds to a configuration what it takes to boot into services from a root of this machine: systemd and the tree of
/// units, as the profile has it.
/// @throws Error not_found when the root has no systemd, or lacks a unit; refused when systemd would not start them.
void add_system(wire::GuestConfig& config, const Services& services, const std::string& root);

}  // namespace sandgraft::session
