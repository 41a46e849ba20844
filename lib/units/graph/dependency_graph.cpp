// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/graph/dependency_graph.hpp"

#include <algorithm>
#include <numeric>

namespace sandgraft::units {

namespace {

std::size_t slot(NodeId node, DependencyKind kind) {
    return static_cast<std::size_t>(node) * dependency_kinds + static_cast<std::size_t>(kind);
}

/// Begins of the groups of a counting sort by `group_of`.
template <typename GroupOf>
std::vector<std::uint32_t> group_begins(std::size_t groups, const std::vector<Edge>& edges, GroupOf group_of) {
    std::vector<std::uint32_t> begins(groups + 1);
    for (const Edge& edge : edges) ++begins[group_of(edge) + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    return begins;
}

bool precedes(const Edge& a, const Edge& b) { return a.kind != b.kind ? a.kind < b.kind : a.to < b.to; }

void absorb(Edge& edge, const Edge& same) {
    edge.from_origin |= same.from_origin;
    edge.to_origin |= same.to_origin;
}

/// Sorts the edges of one unit and moves them to `out`, equal ones made one.
void move_sorted(std::span<Edge> edges, std::vector<Edge>& out) {
    std::sort(edges.begin(), edges.end(), precedes);
    const std::size_t first = out.size();
    for (const Edge& edge : edges)
        if (out.size() > first && out.back().kind == edge.kind && out.back().to == edge.to)
            absorb(out.back(), edge);
        else
            out.push_back(edge);
}

}  // namespace

std::optional<NodeId> DependencyGraph::find(std::string_view name) const {
    NodeId id = by_name_.find(name);
    if (id == no_node) return std::nullopt;
    while (nodes_[id].merged_into != no_node) id = nodes_[id].merged_into;
    return id;
}

std::span<const Edge> DependencyGraph::out(NodeId from, DependencyKind kind) const {
    const std::size_t i = slot(from, kind);
    return {edges_.data() + out_begin_[i], edges_.data() + out_begin_[i + 1]};
}

std::span<const std::uint32_t> DependencyGraph::in(NodeId to, DependencyKind kind) const {
    const std::size_t i = slot(to, kind);
    return {in_edges_.data() + in_begin_[i], in_edges_.data() + in_begin_[i + 1]};
}

const Edge* DependencyGraph::between(NodeId from, DependencyKind kind, NodeId to) const {
    const std::span<const Edge> group = out(from, kind);
    const auto found = std::lower_bound(group.begin(), group.end(), to,
                                        [](const Edge& edge, NodeId wanted) { return edge.to < wanted; });
    return found != group.end() && found->to == to ? &*found : nullptr;
}

void DependencyGraph::detach() {
    Arena kept;
    by_name_.move_names([&](std::string_view name) { return kept.store(name); });
    for (Node& node : nodes_) {
        node.name = kept.store(node.name);
        node.unit = nullptr;
        node.state_reason = {};
    }
    names_ = std::move(kept);
}

// A counting sort by unit first: a tree of 100,000 units has millions of edges.
void DependencyGraph::index() {
    const auto begins = group_begins(nodes_.size(), edges_, [](const Edge& edge) { return edge.from; });
    std::vector<Edge> grouped(edges_.size());
    std::vector<std::uint32_t> next = begins;
    for (const Edge& edge : edges_) grouped[next[edge.from]++] = edge;

    edges_.clear();
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        move_sorted({grouped.data() + begins[i], grouped.data() + begins[i + 1]}, edges_);
    out_begin_ = group_begins(nodes_.size() * dependency_kinds, edges_,
                              [](const Edge& edge) { return slot(edge.from, edge.kind); });
    index_incoming();
}

void DependencyGraph::index_incoming() {
    const auto slot_of = [](const Edge& edge) { return slot(edge.to, edge.kind); };
    in_begin_ = group_begins(nodes_.size() * dependency_kinds, edges_, slot_of);
    in_edges_.resize(edges_.size());
    std::vector<std::uint32_t> next = in_begin_;
    for (std::uint32_t i = 0; i < edges_.size(); ++i) in_edges_[next[slot_of(edges_[i])]++] = i;
}

}  // namespace sandgraft::units
