// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace sandgraft::units {

namespace {

constexpr std::string_view blanks = " \t\n\r";
constexpr std::uint64_t second = 1'000'000;
constexpr std::size_t most_fraction_digits = 18;
__extension__ using Wide = unsigned __int128;

struct Scale {
    std::string_view name;
    std::uint64_t factor;
};

/// In the order in which they are tried: a name comes before its own beginnings.
constexpr Scale time_units[] = {
    {"seconds", second},
    {"second", second},
    {"sec", second},
    {"s", second},
    {"minutes", 60 * second},
    {"minute", 60 * second},
    {"min", 60 * second},
    {"months", 2'629'800 * second},
    {"month", 2'629'800 * second},
    {"M", 2'629'800 * second},
    {"msec", 1000},
    {"ms", 1000},
    {"m", 60 * second},
    {"hours", 3600 * second},
    {"hour", 3600 * second},
    {"hr", 3600 * second},
    {"h", 3600 * second},
    {"days", 86'400 * second},
    {"day", 86'400 * second},
    {"d", 86'400 * second},
    {"weeks", 604'800 * second},
    {"week", 604'800 * second},
    {"w", 604'800 * second},
    {"years", 31'557'600 * second},
    {"year", 31'557'600 * second},
    {"y", 31'557'600 * second},
    {"usec", 1},
    {"us", 1},
    {"\xC2\xB5s", 1},
    {"\xCE\xBCs", 1},
};

void skip_blanks(std::string_view& text) {
    const auto first = text.find_first_not_of(blanks);
    text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

/// Digits, then perhaps a fraction; the fraction is kept as text because its weight depends on the unit.
struct Number {
    std::uint64_t whole = 0;
    std::string_view fraction;
};

std::string_view take_digits(std::string_view& text) {
    const auto end =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), base::is_digit) - text.begin());
    const auto digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
}

std::optional<Number> take_number(std::string_view& text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto digits = take_digits(text);
    Number number;
    for (const char c : digits) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (number.whole > (std::uint64_t{std::numeric_limits<std::int64_t>::max()} - digit) / 10) return std::nullopt;
        number.whole = number.whole * 10 + digit;
    }
    const bool has_point = text.starts_with('.');
    if (digits.empty() && !has_point) return std::nullopt;
    if (!has_point) return number;
    text.remove_prefix(1);
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return std::nullopt;
    return number;
}

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

std::optional<std::uint64_t> scale(const Number& number, std::uint64_t factor) {
    if (number.whole > largest / factor) return std::nullopt;
    std::uint64_t value = number.whole * factor;
    std::uint64_t part = 0;
    std::uint64_t divisor = 1;
    for (const char c : number.fraction.substr(0, most_fraction_digits)) {
        divisor *= 10;
        part = part * 10 + static_cast<std::uint64_t>(c - '0');
    }
    const auto fraction = static_cast<std::uint64_t>(static_cast<Wide>(factor) * part / divisor);
    if (value > largest - fraction) return std::nullopt;
    return value + fraction;
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
    std::string word(text);
    std::transform(word.begin(), word.end(), word.begin(), base::to_lower);
    for (const std::string_view yes : {"1", "yes", "y", "true", "t", "on"})
        if (word == yes) return true;
    for (const std::string_view no : {"0", "no", "n", "false", "f", "off"})
        if (word == no) return false;
    return std::nullopt;
}

std::optional<std::chrono::microseconds> parse_time_span(std::string_view text) {
    skip_blanks(text);
    if (text.starts_with("infinity"))
        return text.find_first_not_of(blanks, 8) == std::string_view::npos ? std::optional(forever) : std::nullopt;
    constexpr auto limit = static_cast<std::uint64_t>(forever.count());
    std::uint64_t sum = 0;
    if (text.empty()) return std::nullopt;
    for (; !text.empty(); skip_blanks(text)) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        const auto before = text.size();
        skip_blanks(text);
        const bool separated = text.size() < before;
        const auto* const unit = std::find_if(std::begin(time_units), std::end(time_units),
                                              [&](const Scale& u) { return text.starts_with(u.name); });
        const bool named = unit != std::end(time_units);
        if (!named && !separated && !text.empty()) return std::nullopt;
        if (named) text.remove_prefix(unit->name.size());
        const auto part = scale(*number, named ? unit->factor : second);
        if (!part || *part >= limit - sum) return std::nullopt;
        sum += *part;
    }
    return std::chrono::microseconds(sum);
}

}  // namespace sandgraft::units
