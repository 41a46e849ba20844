// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/text.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace sandgraft::base {

/// As the number of a user or group it means "unchanged" or "none" to the kernel, so nobody can have it.
constexpr std::uint32_t no_id = std::numeric_limits<std::uint32_t>::max();

/// The number of a user or group.
inline std::optional<std::uint32_t> parse_id(std::string_view text) {
    const auto number = parse_u64(text);
    if (!number || *number >= no_id) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

}  // namespace sandgraft::base
