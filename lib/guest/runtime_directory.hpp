// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/user.hpp"
#include "wire/guest_config.hpp"

#include <string>
#include <vector>

namespace sandgraft::guest {

/// What XDG_RUNTIME_DIR names: RUN/user/UID, which only its user can look into, as a login on a host makes it. What a
/// given mount shows there is as it is, and nothing is created in it.
/// @param run  the path of /run.
/// @param mounts  the given ones, which are made already.
/// @return its path; empty when a mount leaves no place for it.
std::string make_runtime_directory(const std::string& run, const User& user,
                                   const std::vector<wire::GuestConfig::Mount>& mounts);

}  // namespace sandgraft::guest
