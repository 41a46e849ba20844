// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sandgraft::units {

/// 1 yes y true t on / 0 no n false f off, in any case.
std::optional<bool> parse_boolean(std::string_view text);

inline constexpr std::chrono::microseconds forever = std::chrono::microseconds::max();

/// A time span as in systemd.time(7): "5min 20s", "1.5h", "infinity"; a bare number is seconds.
std::optional<std::chrono::microseconds> parse_time_span(std::string_view text);

}  // namespace sandgraft::units
