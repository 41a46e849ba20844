// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/services.hpp"

#include "session/preflight.hpp"
#include "session/system_units.hpp"

#include <vector>

namespace sandgraft::session {

namespace {

/// Those of systemd's directories that a sandbox sees: its /run is its own.
const std::vector<std::string> unit_path = {
    "/etc/systemd/system.control", "/etc/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",     "/lib/systemd/system",
};

void apply(const UnitEdit& edit, UnitSet& units) {
    switch (edit.kind) {
        case UnitEdit::Kind::add: return units.add(edit.unit, edit.text);
        case UnitEdit::Kind::replace: return units.replace(edit.unit, edit.text);
        case UnitEdit::Kind::add_drop_in: return units.add_drop_in(edit.unit, edit.other, edit.text);
        case UnitEdit::Kind::want: return units.want(edit.unit, edit.other);
        case UnitEdit::Kind::require: return units.require(edit.unit, edit.other);
        case UnitEdit::Kind::mask: return units.mask(edit.unit);
        case UnitEdit::Kind::remove: return units.remove(edit.unit);
    }
}

UnitTree tree_of(const Services& services, const std::string& root) {
    UnitSet units({.root = root, .unit_path = unit_path});
    for (const auto& edit : services.changes) apply(edit, units);
    keep_mounts(units);
    auto tree = units.tree(services.profile, services.goals);
    complete(tree, services);
    return tree;
}

}  // namespace

void add_system(wire::GuestConfig& config, const Services& services, const std::string& root) {
    config.argv = {systemd_in(root)};
    auto tree = tree_of(services, root);
    config.system = {{tree.alone}};
    for (auto& entry : tree.entries)
        config.units.push_back({std::move(entry.path), entry.link, std::move(entry.content)});
}

}  // namespace sandgraft::session
