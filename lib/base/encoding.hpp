// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::base {

/// Appends text with every byte that is not printable ASCII, and those of `%&<>"';` and blanks, as %XX: what results
/// needs no further escaping in XML, and a semicolon or blank may separate it from what follows.
void append_percent(std::string& out, std::string_view text);

/// Undoes append_percent(); nullopt when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> parse_percent(std::string_view text);

/// Appends data in base64 (RFC 4648, with padding).
void append_base64(std::string& out, std::string_view data);

/// Undoes append_base64(); nullopt for anything that it would not have written.
std::optional<std::string> parse_base64(std::string_view text);

}  // namespace sandgraft::base
