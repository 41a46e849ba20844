// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace sandgraft::units {

/// Whether a Listen…= setting takes the value, specifiers being expanded.
bool is_listen_value(std::string_view key, std::string_view value);

}  // namespace sandgraft::units
