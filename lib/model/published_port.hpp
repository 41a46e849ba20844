// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <cstddef>
#include <vector>

namespace sandgraft::model {

inline constexpr std::size_t most_published_ports = 64;

/// @throws Error invalid naming what cannot be, or is given twice.
void check_ports(const std::vector<PublishedPort>& ports);

}  // namespace sandgraft::model
