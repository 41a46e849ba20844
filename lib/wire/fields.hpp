// SPDX-License-Identifier: LGPL-2.1-or-later
// How a value of many members travels as text: a table of fields, each KEY=VALUE and a semicolon.
#pragma once

#include "base/encoding.hpp"
#include "base/list.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sandgraft::wire {

/// The key of a field that an init which does not know it may ignore starts with this.
inline constexpr char ignorable = '?';

// A type of a field has a put() and a get(), which is false for a malformed text; the table finds those of other types
// in this namespace.

inline void put(std::string& out, bool value) { out += value ? '1' : '0'; }

inline void put(std::string& out, std::unsigned_integral auto value) { out += std::to_string(value); }

inline void put(std::string& out, const std::string& value) { base::append_percent(out, value); }

/// One of the two words, which stand for true and false.
inline bool get(std::string_view text, bool& value, std::string_view yes, std::string_view no) {
    value = text == yes;
    return value || text == no;
}

inline bool get(std::string_view text, bool& value) { return get(text, value, "1", "0"); }

inline bool get(std::string_view text, std::unsigned_integral auto& value) {
    const auto number = base::parse_u64(text);
    value = static_cast<std::remove_cvref_t<decltype(value)>>(number.value_or(0));
    return number && value == *number;
}

inline bool get(std::string_view text, std::string& value) {
    auto plain = base::parse_percent(text);
    if (!plain || plain->find('\0') != std::string::npos) return false;
    value = std::move(*plain);
    return true;
}

/// Takes the parts of a text that end with a comma.
template <std::size_t count>
bool take_parts(std::string_view& text, std::array<std::string_view, count>& parts) {
    for (auto& part : parts) {
        const auto comma = text.find(',');
        if (comma == std::string_view::npos) return false;
        part = text.substr(0, comma);
        text.remove_prefix(comma + 1);
    }
    return true;
}

/// How one member of a value travels: "KEY=VALUE", a list as one such field for each element.
template <class Config>
struct Field {
    std::string_view key;
    bool list;
    void (*write)(std::string& out, std::string_view key, const Config& config);
    bool (*read)(std::string_view text, Config& config);
};

void put_field(std::string& out, std::string_view key, const auto& value) {
    out += key;
    out += '=';
    put(out, value);
    out += ';';
}

template <class Config, auto member>
constexpr Field<Config> field(std::string_view key) {
    using Value = std::remove_cvref_t<decltype(std::declval<Config>().*member)>;
    if constexpr (base::is_list<Value>)
        return {key, true,
                [](std::string& out, std::string_view name, const Config& config) {
                    for (const auto& value : config.*member) put_field(out, name, value);
                },
                [](std::string_view text, Config& config) { return get(text, (config.*member).emplace_back()); }};
    else
        return {
            key, false,
            [](std::string& out, std::string_view name, const Config& config) { put_field(out, name, config.*member); },
            [](std::string_view text, Config& config) { return get(text, config.*member); }};
}

/// A value as text, and back.
template <class Config, std::size_t count>
class FieldTable {
public:
    /// @param what  is described, for messages.
    constexpr FieldTable(std::string_view what, std::array<Field<Config>, count> fields)
        : what_(what), fields_(fields) {}

    [[nodiscard]] std::string encode(const Config& config) const {
        std::string out;
        for (const auto& field : fields_) field.write(out, field.key, config);
        return out;
    }

    /// @throws Error invalid naming the field; also when a field is missing or unknown.
    [[nodiscard]] Config decode(std::string_view text) const {
        Config config;
        std::array<bool, count> seen{};
        while (!text.empty()) read_field(take_field(text), config, seen);
        for (std::size_t i = 0; i < count; ++i)
            if (!seen[i] && is_required(fields_[i])) fail("field " + base::quote(fields_[i].key) + " is missing");
        return config;
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(ErrorCode::invalid, std::string(what_) + ": " + reason);
    }

private:
    /// What may be ignored need not be told either.
    static bool is_required(const Field<Config>& field) { return !field.list && !field.key.starts_with(ignorable); }

    /// One without its end may have been cut short, and means something else then.
    std::string_view take_field(std::string_view& text) const {
        const auto end = text.find(';');
        if (end == std::string_view::npos) fail("field " + base::quote(text) + " has no end");
        const auto field = text.substr(0, end);
        text.remove_prefix(end + 1);
        return field;
    }

    void read_field(std::string_view text, Config& config, std::array<bool, count>& seen) const {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) fail("field " + base::quote(text) + " has no value");
        const auto key = text.substr(0, equals);
        text.remove_prefix(equals + 1);
        const auto field = std::find_if(fields_.begin(), fields_.end(), [&](const auto& f) { return f.key == key; });
        if (field == fields_.end() && key.starts_with(ignorable)) return;
        if (field == fields_.end()) fail("unknown field " + base::quote(key));
        auto& given = seen[static_cast<std::size_t>(field - fields_.begin())];
        if (given && !field->list) fail("field " + base::quote(key) + " is given twice");
        given = true;
        if (!field->read(text, config))
            fail("field " + base::quote(key) + " has the malformed value " + base::quote(text));
    }

    std::string_view what_;
    std::array<Field<Config>, count> fields_;
};

}  // namespace sandgraft::wire
