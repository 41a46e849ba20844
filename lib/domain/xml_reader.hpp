// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "model/checks.hpp"

#include <pugixml.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace sandgraft::domain {

using model::fail;

/// Parses a document within bounds on its size, depth and number of elements; document type declarations and
/// references that XML does not define by itself are refused. @throws Error invalid.
void load(pugi::xml_document& into, std::string_view document);

/// Likewise, but with all that a reader may skip, so that writing it changes nothing: comments, blanks, instructions.
void load_whole(pugi::xml_document& into, std::string_view document);

/// The text of an element that holds nothing else.
std::string text_of(pugi::xml_node node);

/// An attribute that has to be there.
std::string_view attribute(pugi::xml_node node, const char* name);

/// A child that has to be there.
pugi::xml_node child(pugi::xml_node parent, const char* name);

/// The error that names an element and its value: "element 'memory' has the value '-1', which is not a size".
[[noreturn]] void refuse_value(pugi::xml_node node, std::string_view value, const std::string& expected);

/// A decimal number that fits the type.
template <std::integral Number = std::uint64_t>
Number number(pugi::xml_node node, std::string_view text) {
    using Limits = std::numeric_limits<Number>;
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        refuse_value(node, text,
                     "a number from " + std::to_string(Limits::min()) + " to " + std::to_string(Limits::max()));
    return value;
}

/// `yes` or `no`.
bool flag(pugi::xml_node node, std::string_view text);

/// A number in one of libvirt's units of memory ("b", "KiB", "k", "MB", ...; none is KiB), in bytes.
std::uint64_t scaled(pugi::xml_node node, std::string_view text, std::string_view unit);

}  // namespace sandgraft::domain
