// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/calendar.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstdint>
#include <optional>
#include <vector>

namespace sandgraft::units {

namespace {

using Number = std::int64_t;

constexpr Number second = 1'000'000;
constexpr std::size_t most_components = 240;
constexpr std::size_t fraction_digits = 6;
constexpr std::uint64_t first_second_of_2200 = 7'258'118'400;

constexpr std::array<std::string_view, 13> shorthands{
    "minutely", "hourly",  "daily",      "weekly",      "monthly",      "quarterly",    "annually",
    "yearly",   "anually", "biannually", "bi-annually", "semiannually", "semi-annually"};

struct Day {
    std::string_view name;
    int number;
};

constexpr std::array<Day, 14> days{{{"Sunday", 6},
                                    {"Sun", 6},
                                    {"Monday", 0},
                                    {"Mon", 0},
                                    {"Tuesday", 1},
                                    {"Tue", 1},
                                    {"Wednesday", 2},
                                    {"Wed", 2},
                                    {"Thursday", 3},
                                    {"Thu", 3},
                                    {"Friday", 4},
                                    {"Fri", 4},
                                    {"Saturday", 5},
                                    {"Sat", 5}}};

bool starts_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
               return base::to_lower(a) == base::to_lower(b);
           });
}

bool same_word(std::string_view text, std::string_view word) {
    return text.size() == word.size() && starts_with_word(text, word);
}

/// "5", "1..5", "0/15": what a field of a date or a time may be.
struct Component {
    Number start = 0, stop = -1, repeat = 0;
};

/// Nothing: any value.
using Field = std::vector<Component>;

bool is_within(const Component& part, Number from, Number to, bool from_end) {
    if (part.start < from || part.start > to || part.repeat > to - from) return false;
    if (part.stop < 0) return from_end ? part.start - part.repeat >= from : part.start + part.repeat <= to;
    return part.stop >= from && part.stop <= to && part.start + part.repeat <= part.stop;
}

bool is_within(const Field& field, Number from, Number to, bool from_end = false) {
    return std::all_of(field.begin(), field.end(), [&](Component part) {
        if (part.stop > part.start && part.repeat > 0) part.stop -= (part.stop - part.start) % part.repeat;
        if (part.stop == part.start) part = {part.start, -1, 0};
        return is_within(part, from, to, from_end);
    });
}

/// Two digits of a year mean 1970 to 2069.
Number whole_year(Number year) {
    if (year < 0 || year >= 100) return year;
    return year + (year < 70 ? 2000 : 1900);
}

/// Reads an expression without its time zone.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool run() {
        if (!weekdays()) return false;
        if (rest_.starts_with('@')) return timestamp();
        return date() && time() && rest_.empty() && is_valid();
    }

private:
    char at(std::size_t index) const { return index < rest_.size() ? rest_[index] : '\0'; }
    bool ends_field() const { return rest_.empty() || rest_[0] == ' '; }

    bool take(char c) {
        if (at(0) != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

    bool weekdays() {
        int from = -1;
        for (bool first = true;; first = false) {
            const auto* day =
                std::find_if(days.begin(), days.end(), [&](const Day& d) { return starts_with_word(rest_, d.name); });
            if (day == days.end()) return first;
            rest_.remove_prefix(day->name.size());
            if (!rest_.empty() && std::string_view("-., ").find(rest_[0]) == std::string_view::npos) return false;
            if (from > day->number) return false;
            if (ends_field()) return skip_spaces(), true;
            if (take(',')) {
                from = -1;
            } else {
                if (from >= 0) return false;
                if (!take('-') && !(take('.') && take('.'))) return false;
                from = day->number;
            }
            if (ends_field()) return skip_spaces(), from < 0;
        }
    }

    bool timestamp() {
        rest_.remove_prefix(1);
        take('+');
        std::uint64_t value = 0;
        const char* const end = rest_.data() + rest_.size();
        const auto [read, error] = std::from_chars(rest_.data(), end, value);
        return error == std::errc{} && read == end && value < first_second_of_2200;
    }

    bool date() {
        if (rest_.empty()) return true;
        const std::string_view begin = rest_;
        Field first, second_field;
        if (!field(false, first)) return false;
        if (rest_.empty() || rest_[0] == ':') {
            rest_ = begin;
            return true;
        }
        if (!separator() || !field(false, second_field)) return false;
        if (ends_field()) {
            month_ = std::move(first);
            day_ = std::move(second_field);
        } else {
            if (from_end_ || !separator() || !field(false, day_) || !ends_field()) return false;
            year_ = std::move(first);
            month_ = std::move(second_field);
        }
        skip_spaces();
        return true;
    }

    /// '-', or '~' before a day that is counted from the end of the month.
    bool separator() {
        from_end_ = at(0) == '~';
        return take('~') || take('-');
    }

    bool time() {
        if (rest_.empty()) return true;
        if (!field(false, hour_) || !take(':') || !field(false, minute_)) return false;
        return rest_.empty() || (take(':') && field(true, microsecond_));
    }

    bool field(bool fraction, Field& out) {
        if (take('*')) return true;
        do {
            Component part;
            if (out.size() > most_components || !component(fraction, part)) return false;
            out.push_back(part);
        } while (take(','));
        return true;
    }

    bool component(bool fraction, Component& part) {
        if (!number(fraction, part.start)) return false;
        if (at(0) == '.' && at(1) == '.') {
            rest_.remove_prefix(2);
            if (!number(fraction, part.stop)) return false;
            part.repeat = fraction ? second : 1;
        }
        if (take('/')) {
            if (!number(fraction, part.repeat) || part.repeat == 0) return false;
        } else if (fraction && part.stop >= 0 && part.start + part.repeat > part.stop) {
            return false;
        }
        return rest_.empty() || std::string_view(" ,-~:").find(rest_[0]) != std::string_view::npos;
    }

    bool number(bool fraction, Number& value) {
        if (!base::is_digit(at(0))) return false;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{} || value > INT_MAX) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        if (!fraction) return true;
        if (value > INT_MAX / second) return false;
        value *= second;
        if (at(0) == '.' && at(1) != '.') {
            rest_.remove_prefix(1);
            if (!base::is_digit(at(0))) return false;
            value += microseconds();
        }
        return value <= INT_MAX;
    }

    Number microseconds() {
        Number value = 0;
        std::size_t count = 0;
        for (; count < fraction_digits; ++count) {
            value *= 10;
            if (!base::is_digit(at(0))) continue;
            value += rest_[0] - '0';
            rest_.remove_prefix(1);
        }
        if (at(0) >= '5' && at(0) <= '9') ++value;
        while (base::is_digit(at(0))) rest_.remove_prefix(1);
        return value;
    }

    bool is_valid() {
        for (Component& part : year_) {
            part.start = whole_year(part.start);
            part.stop = whole_year(part.stop);
        }
        return is_within(year_, 1970, 2199) && is_within(month_, 1, 12) &&
               is_within(day_, 1, from_end_ ? 28 : 31, from_end_) && is_within(hour_, 0, 23) &&
               is_within(minute_, 0, 59) && is_within(microsecond_, 0, 60 * second - 1);
    }

    std::string_view rest_;
    Field year_, month_, day_, hour_, minute_, microsecond_;
    bool from_end_ = false;
};

/// Without "UTC" or the name of a zone at the end.
std::string_view without_zone(std::string_view text, const std::function<bool(std::string_view)>& is_zone) {
    const auto space = text.rfind(' ');
    if (space == std::string_view::npos) return text;
    const auto last = text.substr(space + 1);
    return same_word(last, "UTC") || is_zone(last) ? text.substr(0, space) : text;
}

}  // namespace

bool is_calendar_expression(std::string_view text, const std::function<bool(std::string_view)>& is_zone) {
    text = without_zone(text, is_zone);
    if (text.empty()) return false;
    const bool shorthand =
        std::any_of(shorthands.begin(), shorthands.end(), [&](std::string_view word) { return same_word(text, word); });
    return shorthand || Reader(text).run();
}

}  // namespace sandgraft::units
