// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/user.hpp"

#include <string>

namespace sandgraft::guest {

/// What XDG_RUNTIME_DIR names: RUN/user/UID, which only its user can look into, as a login on a host makes it. What is
/// mounted there or above is as it is, and nothing is created in it.
/// @param run  the path of /run.
/// @return its path; empty when a mount leaves no place for it.
std::string make_runtime_directory(const std::string& run, const User& user);

}  // namespace sandgraft::guest
