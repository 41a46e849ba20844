// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/uri.hpp"

namespace sandgraft::virt {

std::optional<Uri> parse_uri(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    const auto scheme = text.substr(0, colon);
    const auto plus = scheme.find('+');
    const bool unix_transport = plus == std::string_view::npos || scheme.substr(plus + 1) == "unix";
    return Uri{std::string(scheme.substr(0, plus)), unix_transport && text.substr(colon + 3).starts_with('/')};
}

}  // namespace sandgraft::virt
