// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/name_table.hpp"

#include <sandgraft/unit_closure.hpp>

namespace sandgraft::units {

using JobType = UnitJob::Type;

struct Job {
    NodeId unit;
    JobType type;

    bool operator==(const Job&) const = default;
};

/// The direction in which an ordering edge (`first` before `second`) acts on two jobs: true when the job of `first`
/// runs first. What stops, stops before anything starts.
constexpr bool runs_in_order(JobType second) { return second != JobType::stop; }

}  // namespace sandgraft::units
