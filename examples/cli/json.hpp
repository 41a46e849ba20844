// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// A JSON string literal; what is not UTF-8 becomes U+FFFD.
std::string json_text(std::string_view text);
std::string json_list(const std::vector<std::string>& texts);

/// An object of values that are JSON already.
std::string json_object(const std::vector<std::pair<std::string, std::string>>& members);
/// An array of values that are JSON already, one a line.
std::string json_array(const std::vector<std::string>& values);

}  // namespace cli
