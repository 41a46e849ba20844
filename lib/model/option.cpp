// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/option.hpp"

#include "base/text.hpp"
#include "model/checks.hpp"

namespace sandgraft::model {

namespace {

using base::quote;

std::string take_plain(std::string_view& text) {
    const std::string field(text.substr(0, text.find(',')));
    if (field.find('"') != std::string::npos) fail("a double quote in the middle of " + quote(field));
    text.remove_prefix(field.size());
    return field;
}

std::string take_quoted(std::string_view& text) {
    std::string field;
    text.remove_prefix(1);
    for (;;) {
        const auto end = text.find('"');
        if (end == std::string_view::npos)
            fail("the double quote before " + quote(field.append(text)) + " is not closed");
        field += text.substr(0, end);
        text.remove_prefix(end + 1);
        if (!text.starts_with('"')) break;
        field += '"';
        text.remove_prefix(1);
    }
    if (!text.empty() && text[0] != ',') fail("there is " + quote(text) + " behind a closing double quote");
    return field;
}

OptionField to_field(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return {text, std::nullopt};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

std::vector<OptionField> split_option(std::string_view text) {
    std::vector<OptionField> fields;
    for (;;) {
        fields.push_back(to_field(text.starts_with('"') ? take_quoted(text) : take_plain(text)));
        if (text.empty()) return fields;
        text.remove_prefix(1);
    }
}

void append_field(std::string& option, std::string_view key, std::string_view value) {
    const std::string field = std::string(key).append("=").append(value);
    if (!option.empty()) option += ',';
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
        option += field;
        return;
    }
    option += '"';
    for (const char c : field) option.append(c == '"' ? 2 : 1, c);
    option += '"';
}

}  // namespace sandgraft::model
