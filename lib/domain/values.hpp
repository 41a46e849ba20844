// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/list.hpp"
#include "domain/xml_reader.hpp"
#include "domain/xml_writer.hpp"

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

// One pair of functions for each type that a property of the metadata can have. A scalar is one element. A list, which
// base::is_list tells, is one for each of its elements, and get() adds one.

void put(XmlWriter& out, std::string_view name, const std::string& value);
void get(pugi::xml_node node, std::string& value);

void put(XmlWriter& out, std::string_view name, bool value);
void get(pugi::xml_node node, bool& value);

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
