// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/memory.hpp"

#include <algorithm>

namespace sandgraft::model {

namespace {

constexpr std::uint64_t head_start = 64 * 1024 * 1024;
constexpr std::uint64_t whole = 1000;

}  // namespace

std::uint32_t oom_score(std::uint64_t memory_bytes) {
    if (memory_bytes <= head_start) return whole;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(head_start * whole / memory_bytes, 1));
}

}  // namespace sandgraft::model
