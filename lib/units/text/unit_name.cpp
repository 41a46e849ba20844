// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/unit_name.hpp"

#include <algorithm>
#include <array>
#include <climits>

namespace sandgraft::units {

namespace {

struct TypeNames {
    std::string_view suffix, section;
};

constexpr std::array<TypeNames, 11> type_names{{
    {"service", "Service"},
    {"socket", "Socket"},
    {"target", ""},
    {"device", ""},
    {"mount", "Mount"},
    {"automount", "Automount"},
    {"swap", "Swap"},
    {"timer", "Timer"},
    {"path", "Path"},
    {"slice", "Slice"},
    {"scope", "Scope"},
}};

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_path = 4095;

/// What a byte is in a unit name; as bits, so that a whole text is seen in one pass without a branch.
enum : std::uint8_t { letter = 0, at_sign = 1, forbidden = 2 };

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    classes.fill(forbidden);
    for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\"))
        classes[static_cast<unsigned char>(c)] = letter;
    classes['@'] = at_sign;
    return classes;
}

constexpr auto classes = make_classes();

bool is_allowed(char c) { return classes[static_cast<unsigned char>(c)] == letter; }

/// The classes of all bytes together.
unsigned classes_of(std::string_view text) {
    unsigned seen = 0;
    for (const char c : text) seen |= classes[static_cast<unsigned char>(c)];
    return seen;
}

bool is_valid_instance(std::string_view instance) {
    return !instance.empty() && (classes_of(instance) & forbidden) == 0;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string_view to_string(UnitType type) { return type_names[static_cast<std::size_t>(type)].suffix; }
std::string_view own_section(UnitType type) { return type_names[static_cast<std::size_t>(type)].section; }

std::optional<UnitType> unit_type_from_suffix(std::string_view suffix) {
    for (std::size_t i = 0; i < type_names.size(); ++i)
        if (type_names[i].suffix == suffix) return static_cast<UnitType>(i);
    return std::nullopt;
}

UnitName parse_unit_name(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || name.size() > longest_name) return {};
    const auto stem = name.substr(0, dot);
    const unsigned seen = classes_of(stem);
    if ((seen & forbidden) != 0) return {};
    const auto type = unit_type_from_suffix(name.substr(dot + 1));
    if (!type) return {};
    if ((seen & at_sign) == 0) return {NameKind::plain, *type, stem, std::nullopt};
    const auto at = stem.find('@');
    if (at == 0) return {};
    const auto instance = stem.substr(at + 1);
    return {instance.empty() ? NameKind::template_ : NameKind::instance, *type, stem.substr(0, at), instance};
}

bool may_be_template(UnitType type) {
    switch (type) {
        case UnitType::service:
        case UnitType::socket:
        case UnitType::target:
        case UnitType::timer:
        case UnitType::path: return true;
        default: return false;
    }
}

bool is_loadable_name(std::string_view name) {
    const auto parsed = parse_unit_name(name);
    return parsed.kind == NameKind::plain || (parsed.kind == NameKind::instance && may_be_template(parsed.type));
}

bool is_template_name(std::string_view name) {
    const auto parsed = parse_unit_name(name);
    return parsed.kind == NameKind::template_ && may_be_template(parsed.type);
}

std::string template_of(std::string_view instance_name) {
    if (instance_name.find('@') == std::string_view::npos) return {};
    const auto name = parse_unit_name(instance_name);
    if (name.kind != NameKind::instance) return {};
    return std::string(name.prefix) + "@." + std::string(to_string(name.type));
}

std::string with_instance(std::string_view name, std::string_view instance) {
    const auto parsed = parse_unit_name(name);
    if (!parsed.instance || !is_valid_instance(instance)) return {};
    std::string built(parsed.prefix);
    built.append("@").append(instance).append(".").append(to_string(parsed.type));
    return built.size() > longest_name ? std::string{} : built;
}

std::string_view base_name(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '/')
            out += '-';
        else if (c == '-' || c == '\\' || !is_allowed(c) || (c == '.' && i == 0))
            append_escaped(out, c);
        else
            out += c;
    }
    return out;
}

std::optional<std::string> unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '-') {
            out += '/';
        } else if (text[i] != '\\') {
            out += text[i];
        } else {
            if (i + 3 >= text.size() || text[i + 1] != 'x') return std::nullopt;
            const int high = hex_digit(text[i + 2]);
            const int low = hex_digit(text[i + 3]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high << 4 | low);
            i += 3;
        }
    }
    return out;
}

std::string simplify_path(std::string_view path) {
    std::string out;
    out.reserve(path.size());
    if (path.starts_with('/')) out += '/';
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto part = path.substr(0, slash);
        if (!part.empty() && part != ".") {
            if (!out.empty() && out.back() != '/') out += '/';
            out += part;
        }
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return out;
}

bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= NAME_MAX && name != "." && name != ".." &&
           name.find('/') == std::string_view::npos;
}

bool is_normalized_path(std::string_view path) {
    if (!path.starts_with('/') || path.size() > longest_path) return false;
    path.remove_prefix(1);
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto part = path.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return true;
}

std::optional<std::string> escape_path(std::string_view path) {
    if (!path.starts_with('/')) return std::nullopt;
    const std::string simple = simplify_path(path);
    if (simple == "/") return "-";
    if (!is_normalized_path(simple)) return std::nullopt;
    return escape(std::string_view(simple).substr(1));
}

std::optional<std::string> unescape_path(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text == "-") return "/";
    auto path = unescape(text);
    if (!path || path->starts_with('/') || path->ends_with('/')) return std::nullopt;
    path->insert(0, 1, '/');
    if (!is_normalized_path(*path)) return std::nullopt;
    return path;
}

std::optional<std::string> name_from_path(std::string_view path, UnitType type) {
    auto name = escape_path(path);
    if (!name) return std::nullopt;
    name->append(".").append(to_string(type));
    if (!parse_unit_name(*name)) return std::nullopt;
    return name;
}

}  // namespace sandgraft::units
