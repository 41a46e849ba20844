// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/user.hpp"

#include <string>
#include <vector>

namespace sandgraft::guest {

/// What a process finds in its environment: the variables of its description, K=V, the last of a name, over what any
/// login would set.
std::vector<std::string> environment_of(const std::vector<std::string>& described, const User& user, bool terminal);

}  // namespace sandgraft::guest
