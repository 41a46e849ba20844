// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/list.hpp"
#include "domain/xml_reader.hpp"
#include "domain/xml_writer.hpp"

#include <sandgraft/sandbox.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sandgraft::domain {

/// Writes the text of the element that is open: as it is where XML and every tool on the way keep it, else
/// percent-encoded.
void put_text(XmlWriter& out, std::string_view text);
std::string get_text(pugi::xml_node node);

/// An attribute that may hold any text.
void put_percent(XmlWriter& out, std::string_view name, std::string_view text);
std::string get_percent(pugi::xml_node node, const char* name);

// One pair of functions for each type that a property of the metadata can have. A scalar is one element. A list, which
// base::is_list tells, is one for each of its elements, and get() adds one.

void put(XmlWriter& out, std::string_view name, const std::string& value);
void get(pugi::xml_node node, std::string& value);

void put(XmlWriter& out, std::string_view name, bool value);
void get(pugi::xml_node node, bool& value);

void put(XmlWriter& out, std::string_view name, const UnitEdit& value);
void get(pugi::xml_node node, UnitEdit& value);

void put(XmlWriter& out, std::string_view name, const Limit& value);
void get(pugi::xml_node node, Limit& value);

void put(XmlWriter& out, std::string_view name, const PublishedPort& value);
void get(pugi::xml_node node, PublishedPort& value);

/// The names of an enumeration, whose values count from 0; empty behind the last.
std::string_view name_of(UnitProfile value);
std::string_view name_of(UnitEdit::Kind value);

template <class Value>
concept Enumeration = std::is_enum_v<Value>;

/// The value of that name.
template <Enumeration Value>
Value named(pugi::xml_node node, std::string_view name) {
    for (int i = 0; !name_of(Value{i}).empty(); ++i)
        if (name_of(Value{i}) == name) return Value{i};
    refuse_value(node, name, "one that this version knows");
}

template <Enumeration Value>
void put(XmlWriter& out, std::string_view name, Value value) {
    out.leaf(name, name_of(value));
}

template <Enumeration Value>
void get(pugi::xml_node node, Value& value) {
    value = named<Value>(node, text_of(node));
}

template <std::integral Number>
void put(XmlWriter& out, std::string_view name, Number value) {
    const std::string text = std::to_string(value);
    out.leaf(name, std::string_view(text));
}

template <std::integral Number>
void get(pugi::xml_node node, Number& value) {
    value = number<Number>(node, text_of(node));
}

template <class Value>
void put(XmlWriter& out, std::string_view name, const std::optional<Value>& value) {
    if (value) put(out, name, *value);
}

template <class Value>
void get(pugi::xml_node node, std::optional<Value>& value) {
    get(node, value.emplace());
}

template <class Value>
void put(XmlWriter& out, std::string_view name, const std::vector<Value>& values) {
    for (const auto& value : values) put(out, name, value);
}

template <class Value>
void get(pugi::xml_node node, std::vector<Value>& values) {
    get(node, values.emplace_back());
}

void put(XmlWriter& out, std::string_view name, const std::map<std::string, std::string>& values);
void get(pugi::xml_node node, std::map<std::string, std::string>& values);

}  // namespace sandgraft::domain
