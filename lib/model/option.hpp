// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::model {

/// KEY or KEY=VALUE.
struct OptionField {
    std::string key;
    std::optional<std::string> value;
};

/// The fields of an option string: one line of CSV (RFC 4180), in which a field with a comma stands whole in double
/// quotes and two of them mean one. @throws Error invalid for stray quotes.
std::vector<OptionField> split_option(std::string_view text);

/// Appends a field that split_option() reads back, behind a comma when it is not the first.
void append_field(std::string& option, std::string_view key, std::string_view value);

}  // namespace sandgraft::model
