// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/xml_reader.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace sandgraft::domain {

namespace {

constexpr std::size_t largest_document = 8 * 1024 * 1024;
constexpr std::ptrdiff_t most_tags = 400'000;
constexpr int deepest = 64;
/// Blanks around text are indentation: what would lose by it is written percent-encoded.
constexpr unsigned parse_flags = pugi::parse_escapes | pugi::parse_cdata | pugi::parse_trim_pcdata |
                                 pugi::parse_embed_pcdata | pugi::parse_wconv_attribute;
constexpr unsigned whole_flags = (pugi::parse_full & ~pugi::parse_doctype) | pugi::parse_ws_pcdata;

/// The number that "#..." or "#x..." stands for, if it is one of a character.
bool is_character_reference(std::string_view name) {
    name.remove_prefix(1);
    const bool hex = name.starts_with('x');
    if (hex) name.remove_prefix(1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
    return error == std::errc{} && end == name.data() + name.size() && code != 0 && code <= 0x10FFFF;
}

void check_reference(std::string_view rest) {
    constexpr std::array<std::string_view, 5> predefined = {"amp", "lt", "gt", "quot", "apos"};
    constexpr std::size_t longest = 10;
    const auto end = rest.substr(0, longest + 1).find(';');
    const auto name = rest.substr(0, end == std::string_view::npos ? longest : end);
    const bool known = std::find(predefined.begin(), predefined.end(), name) != predefined.end();
    if (end == std::string_view::npos || !(known || (name.starts_with('#') && is_character_reference(name))))
        fail("domain document has the unknown reference " + base::quote('&' + std::string(name)));
}

/// The position behind the comment or CDATA section that starts at `start`.
std::size_t skip_section(std::string_view document, std::size_t start) {
    const auto rest = document.substr(start);
    const bool comment = rest.starts_with("<!--");
    if (!comment && !rest.starts_with("<![CDATA["))
        fail("domain document has a document type declaration: " + base::quote(rest.substr(0, 20)));
    const auto end = document.find(comment ? "-->" : "]]>", start + 4);
    return end == std::string_view::npos ? document.size() : end + 3;
}

/// Refuses "<!DOCTYPE" and foreign references. Neither '&' nor '!' is frequent, so this costs two memchr().
void check_markup(std::string_view document) {
    std::size_t position = 0;
    std::size_t bang = document.find('!');
    std::size_t reference = document.find('&');
    while (bang != std::string_view::npos || reference != std::string_view::npos) {
        if (reference < bang) {
            check_reference(document.substr(reference + 1));
            position = reference + 1;
        } else if (bang > position && document[bang - 1] == '<') {
            position = skip_section(document, bang - 1);
        } else {
            position = bang + 1;
        }
        if (bang < position) bang = document.find('!', position);
        if (reference < position) reference = document.find('&', position);
    }
}

void check_size(std::string_view document) {
    if (document.size() > largest_document) fail("domain document is larger than 8 MiB");
    if (document.find('\0') != std::string_view::npos) fail("domain document contains a NUL byte");
    // Each tag costs memory many times its size. A short document cannot have too many.
    if (document.size() > most_tags && std::count(document.begin(), document.end(), '<') > most_tags)
        fail("domain document has more than " + std::to_string(most_tags) + " tags");
}

void check_depth(pugi::xml_node top) {
    int depth = 0;
    pugi::xml_node node = top;
    for (;;) {
        if (const pugi::xml_node child = node.first_child()) {
            if (++depth > deepest)
                fail("element " + base::quote(node.name()) + " lies deeper than " + std::to_string(deepest) +
                     " levels");
            node = child;
            continue;
        }
        while (node != top && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node == top) return;
        node = node.next_sibling();
    }
}

/// The factor of a unit as libvirt has them, in any case of letters: "KB" is 1000, "k" and "KiB" are 1024.
std::optional<std::uint64_t> unit_factor(std::string_view unit) {
    std::string lower(unit);
    std::transform(lower.begin(), lower.end(), lower.begin(), base::to_lower);
    if (lower.empty()) return 1024;
    if (lower == "b" || lower == "bytes") return 1;
    const auto steps = std::string_view("kmgtpe").find(lower[0]);
    const auto suffix = std::string_view(lower).substr(1);
    if (steps == std::string_view::npos || !(suffix.empty() || suffix == "b" || suffix == "ib")) return std::nullopt;
    std::uint64_t factor = 1;
    for (std::size_t i = 0; i <= steps; ++i) factor *= suffix == "b" ? 1000 : 1024;
    return factor;
}

void load_as(pugi::xml_document& into, std::string_view document, unsigned flags) {
    check_size(document);
    check_markup(document);
    const auto result = into.load_buffer(document.data(), document.size(), flags, pugi::encoding_utf8);
    if (!result)
        fail("domain document is malformed at byte " + std::to_string(result.offset) + ": " + result.description());
    check_depth(into);
}

}  // namespace

void load(pugi::xml_document& into, std::string_view document) { load_as(into, document, parse_flags); }

void load_whole(pugi::xml_document& into, std::string_view document) { load_as(into, document, whole_flags); }

std::string text_of(pugi::xml_node node) {
    std::string text = node.value();
    for (const pugi::xml_node child : node) {
        if (child.type() == pugi::node_element)
            fail("element " + base::quote(node.name()) + " holds the unknown element " + base::quote(child.name()));
        text += child.value();
    }
    return text;
}

std::string_view attribute(pugi::xml_node node, const char* name) {
    const pugi::xml_attribute found = node.attribute(name);
    if (!found) fail("element " + base::quote(node.name()) + " has no attribute " + base::quote(name));
    return found.value();
}

pugi::xml_node child(pugi::xml_node parent, const char* name) {
    const pugi::xml_node found = parent.child(name);
    if (!found) fail("element " + base::quote(parent.name()) + " has no element " + base::quote(name));
    return found;
}

void refuse_value(pugi::xml_node node, std::string_view value, const std::string& expected) {
    fail("element " + base::quote(node.name()) + " has the value " + base::quote(value) + ", which is not " + expected);
}

bool flag(pugi::xml_node node, std::string_view text) {
    if (text != "yes" && text != "no") refuse_value(node, text, "yes or no");
    return text == "yes";
}

std::uint64_t scaled(pugi::xml_node node, std::string_view text, std::string_view unit) {
    const auto factor = unit_factor(unit);
    if (!factor) refuse_value(node, unit, "a unit of memory");
    const std::uint64_t value = number(node, text);
    if (value > std::numeric_limits<std::uint64_t>::max() / *factor)
        refuse_value(node, text, "a size that fits 64 bits");
    return value * *factor;
}

}  // namespace sandgraft::domain
