// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/uri.hpp"

#include "base/encoding.hpp"

namespace sandgraft::virt {

namespace {

/// The value of a parameter of the query; empty where there is none.
std::string parameter(std::string_view text, std::string_view name) {
    for (auto next = text.find('?'); next != std::string_view::npos; next = text.find('&')) {
        text.remove_prefix(next + 1);
        if (text.starts_with(name) && text.substr(name.size()).starts_with('='))
            return base::parse_percent(text.substr(name.size() + 1, text.find('&') - name.size() - 1)).value_or("");
    }
    return {};
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    const auto scheme = text.substr(0, colon);
    const auto plus = scheme.find('+');
    const bool unix_transport = plus == std::string_view::npos || scheme.substr(plus + 1) == "unix";
    return Uri{std::string(scheme.substr(0, plus)), unix_transport && text.substr(colon + 3).starts_with('/'),
               parameter(text, "socket")};
}

}  // namespace sandgraft::virt
