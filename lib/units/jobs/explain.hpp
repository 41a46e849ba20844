// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/jobs/transaction.hpp"

#include <vector>

namespace sandgraft::units {

/// Which jobs a transaction has, by unit.
class JobIndex {
public:
    JobIndex(const DependencyGraph& graph, const Transaction& transaction);

    [[nodiscard]] bool starts(NodeId unit) const { return has(unit, JobType::start); }
    [[nodiscard]] bool stops(NodeId unit) const { return has(unit, JobType::stop); }
    [[nodiscard]] bool any(NodeId unit) const { return place_[unit] != 0; }
    /// Before which other unit a unit comes in the transaction.
    [[nodiscard]] std::size_t place(NodeId unit) const { return place_[unit]; }

private:
    [[nodiscard]] bool has(NodeId unit, JobType type) const { return place_[unit] != 0 && type_[unit] == type; }

    std::vector<std::uint32_t> place_;  ///< 1-based; 0: no job
    std::vector<JobType> type_;
};

/// Dependencies by which one started unit pulls in another; the stronger first.
bool pulls_in(DependencyKind kind);

/// The shortest chain of edges from one of the goals to the unit; empty when it is a goal or cannot be reached.
std::vector<const Edge*> shortest_chain(const DependencyGraph& graph, const JobIndex& jobs,
                                        std::span<const NodeId> goals, NodeId unit);

/// The started units that can be reached from one, without itself, in start order.
std::vector<NodeId> reachable(const DependencyGraph& graph, const JobIndex& jobs, NodeId unit);

}  // namespace sandgraft::units
