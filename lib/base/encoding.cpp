// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/encoding.hpp"

#include <array>
#include <cstdint>

namespace sandgraft::base {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr auto plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x21; c < 0x7F; ++c) plain[c] = true;
    for (const char c : std::string_view("%&<>\"';")) plain[static_cast<unsigned char>(c)] = false;
    return plain;
}();

constexpr auto base64_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < base64_digits.size(); ++i)
        values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

std::uint32_t byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// The value of a hexadecimal digit, at least 16 for anything else.
unsigned hex_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    return 16;
}

/// The bytes that the last four digits hold: 3, or less when they end in padding.
std::size_t bytes_in_last(std::string_view text) {
    if (!text.ends_with('=')) return 3;
    return text.ends_with("==") ? 1 : 2;
}

/// The 24 bits of up to four base64 digits, padding counting as zero bits; nullopt when one is no digit.
std::optional<std::uint32_t> base64_group(std::string_view digits) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::uint8_t value = i < digits.size() ? base64_values[byte_at(digits, i)] : std::uint8_t{0};
        if (value == no_digit) return std::nullopt;
        bits = bits << 6 | value;
    }
    return bits;
}

}  // namespace

void append_percent(std::string& out, std::string_view text) {
    while (!text.empty()) {
        std::size_t n = 0;
        while (n < text.size() && plain_bytes[byte_at(text, n)]) ++n;
        out.append(text.substr(0, n));
        if (n == text.size()) return;
        const std::uint32_t byte = byte_at(text, n);
        out += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
        text.remove_prefix(n + 1);
    }
}

std::optional<std::string> parse_percent(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (;;) {
        const auto percent = text.find('%');
        out += text.substr(0, percent);
        if (percent == std::string_view::npos) return out;
        text.remove_prefix(percent + 1);
        const unsigned high = text.empty() ? 16 : hex_value(text[0]);
        const unsigned low = text.size() < 2 ? 16 : hex_value(text[1]);
        if (high > 15 || low > 15) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
        text.remove_prefix(2);
    }
}

void append_base64(std::string& out, std::string_view data) {
    out.reserve(out.size() + (data.size() + 2) / 3 * 4);
    for (; !data.empty(); data.remove_prefix(data.size() < 3 ? data.size() : 3)) {
        const std::uint32_t bits = byte_at(data, 0) << 16 | (data.size() > 1 ? byte_at(data, 1) << 8 : 0) |
                                   (data.size() > 2 ? byte_at(data, 2) : 0);
        const char digits[] = {base64_digits[bits >> 18], base64_digits[bits >> 12 & 63],
                               data.size() > 1 ? base64_digits[bits >> 6 & 63] : '=',
                               data.size() > 2 ? base64_digits[bits & 63] : '='};
        out.append(digits, sizeof digits);
    }
}

std::optional<std::string> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    while (!text.empty()) {
        const std::size_t bytes = text.size() == 4 ? bytes_in_last(text) : 3;
        const auto bits = base64_group(text.substr(0, bytes + 1));
        if (!bits || (*bits & ((1U << (8 * (3 - bytes))) - 1)) != 0) return std::nullopt;
        for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(*bits >> (16 - 8 * i) & 0xFF);
        text.remove_prefix(4);
    }
    return out;
}

}  // namespace sandgraft::base
