// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/arena.hpp"
#include "units/load/name_table.hpp"
#include "units/load/unit.hpp"
#include "units/text/dependency.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// A unit in the graph, with what the transaction has to know of it.
struct Node {
    std::string_view name;       ///< the main name once loaded
    const Unit* unit = nullptr;  ///< nullptr for a unit that exists without a file (a device, a slice, -.mount)
    UnitState state = UnitState::not_found;
    UnitType type = UnitType::service;
    std::string_view state_reason;  ///< why it is bad_setting or error
    NodeId merged_into = no_node;   ///< an alias that was referred to before its unit was loaded

    bool loading_done = false;
    bool default_dependencies = true;
    bool perpetual = false;  ///< always there, can never be stopped: -.mount, -.slice, system.slice, init.scope
    bool active = false;     ///< running before anything is started
    bool allow_isolate = false;
    bool ignore_on_isolate = false;
};

/// One dependency, with its origins at either end.
struct Edge {
    NodeId from, to;
    DependencyKind kind;
    OriginSet from_origin = 0;  ///< `from` states it ("Wants=" in its file)
    OriginSet to_origin = 0;    ///< `to` states it (a drop-in "After=" of the later unit)

    [[nodiscard]] OriginSet origins() const { return from_origin | to_origin; }
};

/// All units that systemd would load for some goals, and every dependency between them. Edges are grouped by unit and
/// kind in flat arrays, for walking in either direction.
class DependencyGraph {
public:
    [[nodiscard]] const std::vector<Node>& nodes() const noexcept { return nodes_; }
    [[nodiscard]] const std::vector<Edge>& edges() const noexcept { return edges_; }
    [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }

    /// The unit of that name or alias, when it was loaded.
    [[nodiscard]] std::optional<NodeId> find(std::string_view name) const;

    /// Edges of a kind that start at a unit.
    [[nodiscard]] std::span<const Edge> out(NodeId from, DependencyKind kind) const;
    /// Indices into edges() of those of a kind that end at a unit.
    [[nodiscard]] std::span<const std::uint32_t> in(NodeId to, DependencyKind kind) const;

    /// The edge of that kind, or nullptr.
    [[nodiscard]] const Edge* between(NodeId from, DependencyKind kind, NodeId to) const;

    /// Copies the names, so that the graph no longer needs the Loader. Node::unit and Node::state_reason are gone then.
    void detach();

private:
    friend class GraphBuilder;

    void index();
    void index_incoming();

    Arena names_;  ///< of units that have no file
    std::vector<Node> nodes_;
    std::vector<Edge> edges_;               ///< sorted by from, kind, to; no two are alike
    std::vector<std::uint32_t> out_begin_;  ///< nodes x kinds + 1
    std::vector<std::uint32_t> in_edges_;
    std::vector<std::uint32_t> in_begin_;
    NameTable by_name_;
};

}  // namespace sandgraft::units
