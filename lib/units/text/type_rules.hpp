// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/text/unit_name.hpp"

namespace sandgraft::units {

// What units of a type can be or do, as far as dependencies care.

constexpr bool ignored_on_isolate(UnitType type) {
    switch (type) {
        case UnitType::mount:
        case UnitType::automount:
        case UnitType::swap:
        case UnitType::device:
        case UnitType::slice:
        case UnitType::scope: return true;
        default: return false;
    }
}

/// Can have OnFailure=.
constexpr bool can_fail(UnitType type) { return type != UnitType::slice && type != UnitType::device; }

constexpr bool can_trigger(UnitType type) {
    return type == UnitType::automount || type == UnitType::path || type == UnitType::socket || type == UnitType::timer;
}

/// Has a control group, so it is in a slice.
constexpr bool has_cgroup(UnitType type) {
    return type == UnitType::service || type == UnitType::socket || type == UnitType::mount || type == UnitType::swap ||
           type == UnitType::slice || type == UnitType::scope;
}

}  // namespace sandgraft::units
