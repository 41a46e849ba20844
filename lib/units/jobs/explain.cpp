// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/explain.hpp"

#include <algorithm>
#include <array>

namespace sandgraft::units {

namespace {

constexpr std::array<DependencyKind, 5> pulling_kinds{DependencyKind::requires_, DependencyKind::binds_to,
                                                      DependencyKind::wants, DependencyKind::upholds,
                                                      DependencyKind::requisite};

/// Walks breadth first over what pulls in what; remembers how each unit was reached first.
class Walk {
public:
    Walk(const DependencyGraph& graph, const JobIndex& jobs)
        : graph_(graph), jobs_(jobs), reached_by_(graph.nodes().size()), seen_(graph.nodes().size()) {}

    void from(std::span<const NodeId> roots) {
        for (const NodeId root : roots) visit(root, nullptr);
        for (std::size_t i = 0; i < queue_.size(); ++i)
            for (const DependencyKind kind : pulling_kinds)
                for (const Edge& edge : graph_.out(queue_[i], kind))
                    if (jobs_.starts(edge.to)) visit(edge.to, &edge);
    }

    [[nodiscard]] bool seen(NodeId unit) const { return seen_[unit]; }
    [[nodiscard]] const Edge* reached_by(NodeId unit) const { return reached_by_[unit]; }
    [[nodiscard]] const std::vector<NodeId>& found() const { return queue_; }

private:
    void visit(NodeId unit, const Edge* edge) {
        if (seen_[unit]) return;
        seen_[unit] = true;
        reached_by_[unit] = edge;
        queue_.push_back(unit);
    }

    const DependencyGraph& graph_;
    const JobIndex& jobs_;
    std::vector<const Edge*> reached_by_;
    std::vector<bool> seen_;
    std::vector<NodeId> queue_;
};

/// The started unit nearest to a goal that conflicts with the unit.
const Edge* nearest_conflict(const DependencyGraph& graph, const Walk& walk, NodeId unit) {
    for (const NodeId starter : walk.found())
        if (const Edge* edge = graph.between(starter, DependencyKind::conflicts, unit)) return edge;
    for (const NodeId starter : walk.found())
        if (const Edge* edge = graph.between(unit, DependencyKind::conflicts, starter)) return edge;
    return nullptr;
}

}  // namespace

JobIndex::JobIndex(const DependencyGraph& graph, const Transaction& transaction)
    : place_(graph.nodes().size()), type_(graph.nodes().size()) {
    std::uint32_t place = 0;
    for (const Job& job : transaction.jobs) {
        place_[job.unit] = ++place;
        type_[job.unit] = job.type;
    }
}

bool pulls_in(DependencyKind kind) {
    return std::find(pulling_kinds.begin(), pulling_kinds.end(), kind) != pulling_kinds.end();
}

std::vector<const Edge*> shortest_chain(const DependencyGraph& graph, const JobIndex& jobs,
                                        std::span<const NodeId> goals, NodeId unit) {
    Walk walk(graph, jobs);
    walk.from(goals);
    std::vector<const Edge*> chain;
    const Edge* last = walk.reached_by(unit);
    if (!walk.seen(unit)) {
        last = nearest_conflict(graph, walk, unit);
        if (last == nullptr) return chain;
        chain.push_back(last);
        last = walk.reached_by(last->from == unit ? last->to : last->from);
    }
    for (; last != nullptr; last = walk.reached_by(last->from)) chain.push_back(last);
    std::reverse(chain.begin(), chain.end());
    return chain;
}

std::vector<NodeId> reachable(const DependencyGraph& graph, const JobIndex& jobs, NodeId unit) {
    Walk walk(graph, jobs);
    const NodeId roots[] = {unit};
    walk.from(roots);
    std::vector<NodeId> found(walk.found().begin() + 1, walk.found().end());
    std::sort(found.begin(), found.end(), [&](NodeId a, NodeId b) { return jobs.place(a) < jobs.place(b); });
    return found;
}

}  // namespace sandgraft::units
