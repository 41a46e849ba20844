// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace sandgraft::model {

inline constexpr std::size_t no_parent = std::numeric_limits<std::size_t>::max();

/// For each target the index of the innermost other one that it lies in, or no_parent. Of equal targets the later
/// lies in the earlier.
std::vector<std::size_t> parents(std::span<const std::string_view> targets);

/// The indexes in mount order: each target in turn, preceded by those that it lies in.
std::vector<std::size_t> mount_order(std::span<const std::string_view> targets);

/// The targets of anything that has one; valid as long as the mounts stay where they are.
template <class AnyMount>
std::vector<std::string_view> targets_of(const std::vector<AnyMount>& mounts) {
    std::vector<std::string_view> targets;
    targets.reserve(mounts.size());
    for (const auto& mount : mounts) targets.push_back(mount.target);
    return targets;
}

template <class AnyMount>
std::vector<AnyMount> in_mount_order(std::vector<AnyMount> mounts) {
    std::vector<AnyMount> ordered;
    ordered.reserve(mounts.size());
    for (const std::size_t i : mount_order(targets_of(mounts))) ordered.push_back(std::move(mounts[i]));
    return ordered;
}

}  // namespace sandgraft::model
