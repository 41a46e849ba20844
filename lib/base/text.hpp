// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
/// Of an ASCII letter; anything else stays.
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The pieces between separators, empty ones included; an empty text is one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Without leading and trailing blanks (space, tab, CR, LF).
std::string_view trim(std::string_view text);

/// A decimal number without sign or blanks; nullopt when it is none or does not fit.
std::optional<std::uint64_t> parse_u64(std::string_view text);

/// An octal number without prefix, sign or blanks, such as a file mode; nullopt when it is none or does not fit.
std::optional<std::uint32_t> parse_octal(std::string_view text);
std::string format_octal(std::uint32_t value);

/// A number with an optional suffix K, M, G, T (powers of 1024, also k, KiB, KB, ...); nullopt when malformed or when
/// it does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// A number that parse_size() reads, with the largest suffix that loses nothing.
std::string format_size(std::uint64_t bytes);

/// Well-formed UTF-8 without NUL.
bool is_utf8(std::string_view text);

/// Whether a normal path lies strictly below another one: "/a/b" below "/a", neither "/a" nor "/ab".
bool is_below(std::string_view path, std::string_view parent);

bool is_at_or_below(std::string_view path, std::string_view parent);

/// The directory of an absolute normal path; of "/" itself "/".
std::string_view parent_of(std::string_view path);

/// Text of somebody else for a message of one line: control characters and broken UTF-8 escaped.
std::string printable(std::string_view text);

/// For messages: in single quotes, control characters and broken UTF-8 escaped, cut when very long.
std::string quote(std::string_view text);

/// A JSON string literal, quotes included; what is not UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

}  // namespace sandgraft::base
