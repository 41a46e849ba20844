// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::units {

/// The dependencies that have a direction of their own. systemd's other kinds are these, seen from the far end.
enum class DependencyKind : std::uint8_t {
    requires_,
    binds_to,
    wants,
    upholds,
    requisite,
    part_of,
    conflicts,
    before,
    on_success,
    on_failure,
    triggers,
    propagates_reload_to,
    propagates_stop_to,
    joins_namespace_of,
    in_slice,
};
inline constexpr std::size_t dependency_kinds = 15;

/// A kind as one unit states it: After=b of unit a is `before` of b, reversed.
struct Relation {
    DependencyKind kind;
    bool reversed = false;

    bool operator==(const Relation&) const = default;
};

namespace relation {
inline constexpr Relation requires_{DependencyKind::requires_};
inline constexpr Relation binds_to{DependencyKind::binds_to};
inline constexpr Relation wants{DependencyKind::wants};
inline constexpr Relation conflicts{DependencyKind::conflicts};
inline constexpr Relation before{DependencyKind::before};
inline constexpr Relation after{DependencyKind::before, true};
inline constexpr Relation triggers{DependencyKind::triggers};
inline constexpr Relation triggered_by{DependencyKind::triggers, true};
inline constexpr Relation stop_propagated_from{DependencyKind::propagates_stop_to, true};
inline constexpr Relation in_slice{DependencyKind::in_slice};
}  // namespace relation

/// systemd's name: "Requires", "RequiredBy", "After", ...
std::string_view to_string(Relation relation);

/// Why a dependency exists; one dependency can have several origins.
enum class Origin : std::uint8_t {
    file = 1,             ///< written in a unit file or drop-in, or a link in a .wants/ directory, or follows from a
                          ///< setting such as PrivateTmp=
    implicit = 2,         ///< follows from the unit's type or name
    default_ = 4,         ///< DefaultDependencies=
    path = 8,             ///< a mount unit on the way to a path that the unit needs
    slice_property = 16,  ///< Slice=, or the slice chosen for the unit
    mount_file = 32,      ///< the settings of a mount unit: What=, Options=, DefaultDependencies=
};
using OriginSet = std::uint8_t;

constexpr OriginSet operator|(Origin a, Origin b) {
    return static_cast<OriginSet>(static_cast<OriginSet>(a) | static_cast<OriginSet>(b));
}
constexpr OriginSet as_set(Origin origin) { return static_cast<OriginSet>(origin); }
constexpr bool contains(OriginSet set, Origin origin) { return (set & as_set(origin)) != 0; }

/// "file implicit default path slice-property mount-file", those that are set.
std::string to_string(OriginSet origins);

}  // namespace sandgraft::units
