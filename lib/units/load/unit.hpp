// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/unit_file.hpp"
#include "units/text/unit_name.hpp"

#include <sandgraft/unit_set.hpp>

#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// NAME.upholds/ directories count from this version of systemd on.
inline constexpr unsigned first_version_with_upholds_directories = 254;

enum class LinkKind : std::uint8_t { wants, requires_, upholds };

/// One entry of a NAME.wants/, NAME.requires/ or NAME.upholds/ directory that counts (neither masked nor malformed).
struct DirectoryLink {
    LinkKind kind = LinkKind::wants;
    std::string_view name;  ///< the unit pulled in; a template's name is filled in with the instance
    std::string_view path;  ///< of the link itself
};

/// A file of a NAME.d/ directory.
struct DropIn {
    std::string_view path;   ///< as systemd names it: without links on the way to its directory
    std::string_view place;  ///< "NAME.d/FILE", below a directory of the search path
};

/// A unit as loaded: its fragment and its drop-ins in the order in which they apply. Everything views the Loader that
/// it came from, and is valid until that is changed.
struct Unit {
    /// @param memory  of its lists; the Loader's.
    explicit Unit(std::pmr::memory_resource* memory)
        : names(memory), drop_ins(memory), assignments(memory), links(memory) {}

    std::string_view id;                       ///< the main name
    std::pmr::vector<std::string_view> names;  ///< all names, the main one first, then sorted
    UnitType type = UnitType::service;
    std::string_view prefix;    ///< "foo" of "foo@bar.service"; of the id
    std::string_view instance;  ///< "bar" of "foo@bar.service"; of the id
    bool is_instance = false;

    UnitState state = UnitState::not_found;
    std::string_view state_reason;   ///< why the state is error or bad_setting
    std::string_view fragment_path;  ///< empty when there is none
    std::pmr::vector<DropIn> drop_ins;
    std::pmr::vector<Assignment> assignments;  ///< of the fragment and all drop-ins, in order, specifiers not expanded
    std::pmr::vector<DirectoryLink> links;
    std::vector<UnitWarning> warnings;
};

/// The name that a dependency of the unit means: a template's is filled in with the unit's instance, or with its prefix
/// when it has none. Empty when that makes no valid name.
std::string resolve_template(const Unit& unit, std::string_view name);

}  // namespace sandgraft::units
