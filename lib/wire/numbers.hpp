// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>

namespace sandgraft::wire {

/// The lowest number from the first on that stands for nothing.
template <typename Use>
std::uint16_t lowest_free(const std::map<std::uint16_t, Use>& taken, std::uint16_t first) {
    std::uint16_t number = first;
    for (auto use = taken.lower_bound(first); use != taken.end() && use->first == number; ++use) ++number;
    return number;
}

}  // namespace sandgraft::wire
