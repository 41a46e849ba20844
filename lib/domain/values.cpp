// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/values.hpp"

#include "base/encoding.hpp"

namespace sandgraft::domain {

namespace {

bool survives(std::string_view text) {
    return model::is_document_text(text) && !text.starts_with(' ') && !text.ends_with(' ');
}

}  // namespace

void put_text(XmlWriter& out, std::string_view text) {
    if (survives(text)) {
        out.text(text);
        return;
    }
    std::string encoded;
    base::append_percent(encoded, text);
    out.attribute("encoding", "percent").text(encoded);
}

void put_percent(XmlWriter& out, std::string_view name, std::string_view text) {
    std::string encoded;
    base::append_percent(encoded, text);
    out.attribute(name, encoded);
}

std::string get_percent(pugi::xml_node node, const char* name) {
    const std::string_view text = attribute(node, name);
    auto plain = base::parse_percent(text);
    if (!plain) refuse_value(node, text, "percent-encoded text");
    return std::move(*plain);
}

std::string get_text(pugi::xml_node node) {
    std::string text = text_of(node);
    const pugi::xml_attribute encoding = node.attribute("encoding");
    if (!encoding) return text;
    if (std::string_view(encoding.value()) != "percent") refuse_value(node, encoding.value(), "a known encoding");
    auto plain = base::parse_percent(text);
    if (!plain) refuse_value(node, text, "percent-encoded text");
    return std::move(*plain);
}

void put(XmlWriter& out, std::string_view name, const std::string& value) {
    out.open(name);
    put_text(out, value);
    out.close();
}

void get(pugi::xml_node node, std::string& value) { value = get_text(node); }

void put(XmlWriter& out, std::string_view name, bool value) { out.leaf(name, std::string_view(value ? "yes" : "no")); }

void get(pugi::xml_node node, bool& value) { value = flag(node, text_of(node)); }

std::string_view name_of(UnitProfile value) {
    switch (value) {
        case UnitProfile::full: return "full";
        case UnitProfile::minimal: return "minimal";
        case UnitProfile::bare: return "bare";
    }
    return {};
}

std::string_view name_of(UnitEdit::Kind value) {
    switch (value) {
        case UnitEdit::Kind::add: return "add";
        case UnitEdit::Kind::replace: return "replace";
        case UnitEdit::Kind::add_drop_in: return "add-drop-in";
        case UnitEdit::Kind::want: return "want";
        case UnitEdit::Kind::require: return "require";
        case UnitEdit::Kind::mask: return "mask";
        case UnitEdit::Kind::remove: return "remove";
    }
    return {};
}

void put(XmlWriter& out, std::string_view name, const UnitEdit& value) {
    out.open(name).attribute("kind", name_of(value.kind));
    put_percent(out, "unit", value.unit);
    if (!value.other.empty()) put_percent(out, "other", value.other);
    put_text(out, value.text);
    out.close();
}

void get(pugi::xml_node node, UnitEdit& value) {
    value.kind = named<UnitEdit::Kind>(node, attribute(node, "kind"));
    value.unit = get_percent(node, "unit");
    if (node.attribute("other")) value.other = get_percent(node, "other");
    value.text = get_text(node);
}

void put(XmlWriter& out, std::string_view name, const Limit& value) {
    out.open(name).attribute("name", value.name).attribute("soft", value.soft).attribute("hard", value.hard).close();
}

void get(pugi::xml_node node, Limit& value) {
    value.name = attribute(node, "name");
    value.soft = number(node, attribute(node, "soft"));
    value.hard = number(node, attribute(node, "hard"));
}

void put(XmlWriter& out, std::string_view name, const PublishedPort& value) {
    out.open(name).attribute("address", value.address);
    out.attribute("host-port", std::uint64_t{value.host_port}).attribute("port", std::uint64_t{value.port}).close();
}

void get(pugi::xml_node node, PublishedPort& value) {
    value.address = attribute(node, "address");
    value.host_port = number<std::uint16_t>(node, attribute(node, "host-port"));
    value.port = number<std::uint16_t>(node, attribute(node, "port"));
}

void put(XmlWriter& out, std::string_view name, const std::map<std::string, std::string>& values) {
    for (const auto& [key, value] : values) put(out, name, key + '=' + value);
}

void get(pugi::xml_node node, std::map<std::string, std::string>& values) {
    const std::string text = get_text(node);
    const auto equals = text.find('=');
    if (equals == std::string::npos) refuse_value(node, text, "of the form NAME=VALUE");
    if (!values.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
        refuse_value(node, text.substr(0, equals), "the only one of that name");
}

}  // namespace sandgraft::domain
