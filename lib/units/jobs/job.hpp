// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/name_table.hpp"

#include <sandgraft/unit_closure.hpp>

#include <cstdint>
#include <string>

namespace sandgraft::units {

using JobType = UnitJob::Type;

struct Job {
    NodeId unit;
    JobType type;

    bool operator==(const Job&) const = default;
};

/// A job that the goals can do without.
struct DroppedJob {
    enum class Reason : std::uint8_t { cycle, contradiction };
    NodeId unit;
    Reason reason;
    std::string text;  ///< "x.service/start is dropped to break the ordering cycle …"
};

/// The direction in which an ordering edge (`first` before `second`) acts on two jobs: true when the job of `first`
/// runs first. What stops, stops before anything starts.
constexpr bool runs_in_order(JobType second) { return second != JobType::stop; }

}  // namespace sandgraft::units
