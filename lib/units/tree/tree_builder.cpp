// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/tree/tree_builder.hpp"

#include "units/load/overlay.hpp"

namespace sandgraft::units {

namespace {

constexpr std::string_view null_device = "/dev/null";

}  // namespace

void TreeBuilder::add_file(std::string_view path, std::string text) {
    entries_.insert_or_assign(std::string(path), UnitTree::Entry{std::string(path), false, std::move(text)});
}

void TreeBuilder::add_link(std::string path, std::string target) {
    auto entry = UnitTree::Entry{path, true, std::move(target)};
    entries_.insert_or_assign(std::move(path), std::move(entry));
}

void TreeBuilder::add_mask(std::string_view name) { add_link(std::string(name), std::string(null_device)); }

/// A file without content masks what it overrides, and so does a link to the null device, which needs no file.
void TreeBuilder::add_copy(std::string path, std::string_view from) {
    auto text = loader_.text(from);
    if (text.empty())
        add_link(std::move(path), std::string(null_device));
    else
        add_file(path, std::move(text));
}

void TreeBuilder::add_unit(const Unit& unit) {
    if (!unit.fragment_path.empty()) {
        const auto file = base_name(unit.fragment_path);
        if (unit.state == UnitState::masked)
            add_mask(file);
        else
            add_copy(std::string(file), unit.fragment_path);
        for (const auto alias : unit.names)
            if (alias != unit.id) add_link(std::string(alias), std::string(unit.id));
    }
    for (const auto& drop_in : unit.drop_ins) add_copy(std::string(drop_in.place), drop_in.path);
}

void TreeBuilder::add_links(const Unit& unit, const std::set<std::string_view>& names) {
    for (const auto& link : unit.links) {
        const auto& target = loader_.load(link.name);
        if (!names.contains(target.id)) continue;
        // Every name of the unit has its own directory; in the tree the main name's will do.
        const auto kind = link.path.substr(0, link.path.rfind('/'));
        const auto suffix = kind.substr(kind.rfind('.'));
        add_link(std::string(unit.id).append(suffix).append("/").append(link.name), "../" + std::string(link.name));
    }
}

void TreeBuilder::add_units(const std::set<std::string_view>& names) {
    for (const auto name : names) {
        const auto& unit = loader_.load(name);
        add_unit(unit);
        add_links(unit, names);
    }
}

void TreeBuilder::add_changes() {
    const auto& overlay = loader_.overlay();
    for (const auto& name : overlay.removed) add_mask(name);
    for (const auto& [name, node] : overlay.units)
        entries_.insert_or_assign(name, UnitTree::Entry{name, node.is_link, node.content});
    for (const auto& [directory, nodes] : overlay.directories)
        for (const auto& [name, node] : nodes) {
            const auto path = directory + "/" + name;
            entries_.insert_or_assign(path, UnitTree::Entry{path, node.is_link, node.content});
        }
}

UnitTree TreeBuilder::finish(bool alone) && {
    UnitTree tree;
    tree.alone = alone;
    tree.entries.reserve(entries_.size());
    for (auto& [path, entry] : entries_) tree.entries.push_back(std::move(entry));
    return tree;
}

}  // namespace sandgraft::units
