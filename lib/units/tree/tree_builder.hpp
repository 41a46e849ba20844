// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"

#include <sandgraft/unit_set.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sandgraft::units {

/// Puts a UnitTree together.
class TreeBuilder {
public:
    explicit TreeBuilder(Loader& loader) : loader_(loader) {}

    /// The units with their files, drop-ins and aliases, and the links between them.
    void add_units(const std::set<std::string_view>& names);

    /// What was changed in memory.
    void add_changes();

    void add_file(std::string_view path, std::string text);
    void add_mask(std::string_view name);

    /// @param alone  the tree stands instead of systemd's directories.
    UnitTree finish(bool alone) &&;

private:
    void add_unit(const Unit& unit);
    void add_links(const Unit& unit, const std::set<std::string_view>& names);
    void add_link(std::string path, std::string target);
    void add_copy(std::string path, std::string_view from);

    Loader& loader_;
    std::map<std::string, UnitTree::Entry, std::less<>> entries_;
};

}  // namespace sandgraft::units
