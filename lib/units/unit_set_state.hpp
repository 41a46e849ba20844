// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"

#include <sandgraft/unit_set.hpp>

namespace sandgraft {

/// What a UnitSet is made of. The loader reads lazily, which does not change what the set is.
struct UnitSet::State {
    explicit State(UnitSource given)
        : source(std::move(given)), loader({.root = source.root, .unit_path = source.unit_path, .specifiers = {}}) {}

    UnitSource source;
    units::Loader loader;
};

}  // namespace sandgraft
