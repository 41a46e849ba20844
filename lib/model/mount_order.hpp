// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace sandgraft::model {

inline constexpr std::size_t no_parent = std::numeric_limits<std::size_t>::max();

/// For each target the index of the innermost other one that it lies in, or no_parent. Of equal targets the later
/// lies in the earlier.
std::vector<std::size_t> parents(std::span<const std::string_view> targets);

/// The indexes in mount order: each target in turn, preceded by those that it lies in.
std::vector<std::size_t> mount_order(std::span<const std::string_view> targets);

}  // namespace sandgraft::model
