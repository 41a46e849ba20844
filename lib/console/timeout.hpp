// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

namespace sandgraft::console {

using Clock = std::chrono::steady_clock;

/// What is left of a timeout, for poll(2); negative stays "for ever".
inline int remaining(std::chrono::milliseconds timeout, Clock::time_point start) {
    using std::chrono::milliseconds;
    if (timeout < milliseconds(0)) return -1;
    const auto left = timeout - std::chrono::duration_cast<milliseconds>(Clock::now() - start);
    return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(std::numeric_limits<int>::max())).count());
}

}  // namespace sandgraft::console
