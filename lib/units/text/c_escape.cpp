// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/c_escape.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace sandgraft::units {

namespace {

/// Exactly `count` digits of the base, and not all zero.
std::optional<std::uint32_t> digits(std::string_view text, std::size_t count, int base) {
    if (text.size() < count) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + count, value, base);
    if (error != std::errc{} || end != text.data() + count || value == 0) return std::nullopt;
    return value;
}

std::optional<char> simple_escape(char c) {
    constexpr std::string_view letters = "abfnrtv\\\"'s";
    constexpr std::string_view values = "\a\b\f\n\r\t\v\\\"' ";
    const auto at = letters.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    return values[at];
}

void append_utf8(std::uint32_t code, std::string& out) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// With four digits systemd takes surrogates as well.
bool is_character(std::uint32_t code, std::size_t digits) {
    return digits == 4 || code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF);
}

/// A numeric escape: where its digits start, how many, their base, and whether it names a character or a byte.
struct Numeric {
    std::size_t skip, count;
    int base;
    bool character;
};

std::optional<Numeric> numeric_escape(char c) {
    switch (c) {
        case 'x': return Numeric{1, 2, 16, false};
        case 'u': return Numeric{1, 4, 16, true};
        case 'U': return Numeric{1, 8, 16, true};
        default: return c >= '0' && c <= '7' ? std::optional(Numeric{0, 3, 8, false}) : std::nullopt;
    }
}

}  // namespace

bool append_unescaped(std::string_view& rest, std::string& out) {
    if (rest.empty()) return false;
    if (const auto byte = simple_escape(rest[0])) {
        out += *byte;
        rest.remove_prefix(1);
        return true;
    }
    const auto kind = numeric_escape(rest[0]);
    if (!kind) return false;
    const auto value = digits(rest.substr(kind->skip), kind->count, kind->base);
    if (!value || (kind->character ? !is_character(*value, kind->count) : *value > 0xFF)) return false;
    if (kind->character)
        append_utf8(*value, out);
    else
        out += static_cast<char>(*value);
    rest.remove_prefix(kind->skip + kind->count);
    return true;
}

}  // namespace sandgraft::units
