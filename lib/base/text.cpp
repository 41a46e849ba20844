// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace sandgraft::base {

namespace {

constexpr std::string_view size_units = "KMGT";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::size_t longest_quote = 200;

/// The length of the well-formed UTF-8 sequence that text starts with, 0 if none (RFC 3629: no overlong forms,
/// surrogates or values above U+10FFFF).
std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!tail(1) || !tail(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        return first == 0xED && byte(1) > 0x9F ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        return first == 0xF4 && byte(1) > 0x8F ? 0 : 4;
    }
    return 0;
}

std::string hex_escape(std::string_view prefix, unsigned char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out(prefix);
    out += digits[c >> 4];
    out += digits[c & 15];
    return out;
}

std::string_view json_escape(char c) {
    switch (c) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: return {};
    }
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<unsigned> size_shift(std::string_view suffix) {
    if (suffix.empty() || suffix == "B") return 0;
    const char letter = suffix[0] >= 'a' && suffix[0] <= 'z' ? static_cast<char>(suffix[0] - 'a' + 'A') : suffix[0];
    const auto unit = size_units.find(letter);
    const auto rest = suffix.substr(1);
    if (unit == size_units.npos || !(rest.empty() || rest == "iB" || rest == "B")) return std::nullopt;
    return static_cast<unsigned>(10 * (unit + 1));
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::uint64_t> parse_u64(std::string_view text) { return parse_number<std::uint64_t>(text, 10); }

std::optional<std::uint32_t> parse_octal(std::string_view text) { return parse_number<std::uint32_t>(text, 8); }

std::string format_octal(std::uint32_t value) {
    std::array<char, 11> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, 8).ptr};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto digits = text.find_first_not_of("0123456789");
    const auto number = parse_u64(text.substr(0, digits));
    const auto shift = size_shift(digits == std::string_view::npos ? std::string_view{} : text.substr(digits));
    if (!number || !shift || *number > (std::numeric_limits<std::uint64_t>::max() >> *shift)) return std::nullopt;
    return *number << *shift;
}

std::string format_size(std::uint64_t bytes) {
    std::string_view unit;
    for (std::size_t i = 0; i < size_units.size() && bytes != 0 && bytes % 1024 == 0; ++i) {
        bytes /= 1024;
        unit = size_units.substr(i, 1);
    }
    return std::to_string(bytes).append(unit);
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t n = utf8_sequence(text);
        if (n == 0 || text[0] == '\0') return false;
        text.remove_prefix(n);
    }
    return true;
}

bool is_below(std::string_view path, std::string_view parent) {
    return path.size() > parent.size() && path.starts_with(parent) && (parent == "/" || path[parent.size()] == '/');
}

bool is_at_or_below(std::string_view path, std::string_view parent) { return path == parent || is_below(path, parent); }

std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t n = utf8_sequence(text);
        if (n == 0 || is_control(text[0]))
            out += hex_escape("\\x", static_cast<unsigned char>(text[0]));
        else
            out += text.substr(0, n);
        text.remove_prefix(n == 0 ? 1 : n);
    }
    return out;
}

std::string quote(std::string_view text) {
    const bool cut = text.size() > longest_quote;
    return '\'' + printable(text.substr(0, longest_quote)) + (cut ? "...'" : "'");
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t n = utf8_sequence(text);
        if (const auto escape = json_escape(text[0]); !escape.empty())
            out += escape;
        else if (is_control(text[0]))
            out += hex_escape("\\u00", static_cast<unsigned char>(text[0]));
        else
            out += n == 0 ? replacement : text.substr(0, n);
        text.remove_prefix(n == 0 ? 1 : n);
    }
    return out + '"';
}

}  // namespace sandgraft::base
