// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/overlay.hpp"

namespace sandgraft::units {

namespace {
const Overlay::Node* find_in(const Overlay::Nodes& nodes, std::string_view name) {
    const auto at = nodes.find(name);
    return at == nodes.end() ? nullptr : &at->second;
}
}  // namespace

const Overlay::Node* find_node(const Overlay& overlay, std::string_view path) {
    if (!path.starts_with(Overlay::path)) return nullptr;
    path.remove_prefix(Overlay::path.size() + 1);
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return find_in(overlay.units, path);
    const auto directory = overlay.directories.find(path.substr(0, slash));
    return directory == overlay.directories.end() ? nullptr : find_in(directory->second, path.substr(slash + 1));
}

}  // namespace sandgraft::units
