// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <vector>

namespace sandgraft::model {

/// The number that setrlimit(2) has for the resource of a limit.
/// @throws Error invalid when there is none of that name.
int resource_of(const Limit& limit);

/// @throws Error invalid naming the limit that is unknown, given twice, or whose soft value is above the hard one.
void check_limits(const std::vector<Limit>& limits);

}  // namespace sandgraft::model
