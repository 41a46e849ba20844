// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/graph/graph_builder.hpp"

#include "units/settings/settings_reader.hpp"
#include "units/text/type_rules.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <utility>

namespace sandgraft::units {

namespace {

/// Exists also without a file: a device, a slice, and what the manager itself provides.
bool needs_no_fragment(const Node& node) {
    return node.perpetual || node.type == UnitType::device || node.type == UnitType::slice;
}

}  // namespace

GraphBuilder::GraphBuilder(Loader& loader, Environment environment) : loader_(loader), environment_(environment) {
    graph_.nodes_.reserve(256);
    graph_.edges_.reserve(4096);
    add_perpetual();
}

void GraphBuilder::load(std::string_view name) {
    require_startable(name);
    refer(name);
}

DependencyGraph GraphBuilder::finish() && {
    run_queue();
    finish_edges();
    graph_.index();
    return std::move(graph_);
}

void GraphBuilder::add_perpetual() {
    for (const std::string_view name : {"-.mount", "-.slice", "system.slice", "init.scope"}) {
        Node& unit = node(refer(name));
        unit.perpetual = true;
        unit.active = true;
    }
    run_queue();
}

NodeId GraphBuilder::refer(std::string_view name) {
    if (const NodeId known = refer_known(name); known != no_node) return known;
    return is_loadable_name(name) ? new_node(name) : no_node;
}

NodeId GraphBuilder::new_node(std::string_view name) {
    const auto id = static_cast<NodeId>(graph_.nodes_.size());
    const std::string_view kept = graph_.names_.store(name);
    Node& created = graph_.nodes_.emplace_back();
    created.name = kept;
    created.type = parse_unit_name(kept).type;
    created.ignore_on_isolate = ignored_on_isolate(created.type);
    slices_.push_back(no_node);
    load_order_.push_back(0);
    graph_.by_name_.insert(kept, id);
    queue_.push_back(id);
    return id;
}

void GraphBuilder::run_queue() {
    while (!queue_.empty()) {
        const NodeId id = queue_.back();
        queue_.pop_back();
        if (node(id).merged_into == no_node && !node(id).loading_done) load_node(id);
    }
}

void GraphBuilder::load_node(NodeId id) {
    const Unit& unit = loader_.load(node(id).name);
    node(id).loading_done = true;
    load_order_[id] = ++loaded_;
    if (!adopt_names(id, unit)) return;
    node(id).state = unit.state;
    node(id).state_reason = unit.state_reason;
    if (unit.state == UnitState::not_found) {
        if (!needs_no_fragment(node(id))) return;
        node(id).state = UnitState::loaded;
    }
    required_.clear();
    first_edge_ = graph_.edges_.size();
    std::array<std::byte, 4096> room;
    std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
    const Settings settings = read_settings(loader_, unit, &memory);
    if (settings.fatal.state != UnitState::loaded) refuse(id, settings.fatal.reason, settings.fatal.state);
    add_common(id, settings);
}

/// @return false when the unit is already loaded under another name.
bool GraphBuilder::adopt_names(NodeId id, const Unit& unit) {
    node(id).unit = &unit;
    if (unit.state == UnitState::not_found) return true;
    if (unit.names.size() == 1 && unit.id == node(id).name) return true;
    if (const NodeId known = refer_known(unit.id); known != no_node && known != id && node(known).unit == &unit) {
        merge(id, known);
        return false;
    }
    node(id).name = unit.id;
    node(id).type = unit.type;
    for (const std::string_view name : unit.names)
        if (const NodeId other = resolve(graph_.by_name_.insert(name, id)); other != id) merge(other, id);
    return true;
}

NodeId GraphBuilder::refer_known(std::string_view name) const {
    const NodeId known = graph_.by_name_.find(name);
    return known == no_node ? no_node : resolve(known);
}

void GraphBuilder::merge(NodeId alias, NodeId into) { node(alias).merged_into = into; }

NodeId GraphBuilder::resolve(NodeId id) const {
    while (node(id).merged_into != no_node) id = node(id).merged_into;
    return id;
}

/// A setting that systemd does not accept: the unit keeps the dependencies that it has, but cannot be started.
void GraphBuilder::refuse(NodeId id, std::string_view reason, UnitState state) {
    if (node(id).state != UnitState::loaded) return;
    node(id).state = state;
    node(id).state_reason = reason;
}

// The rules about unit types that a dependency must obey; systemd warns and ignores what breaks them.
bool GraphBuilder::allowed(Relation relation, NodeId from, NodeId to) const {
    const UnitType source = node(relation.reversed ? to : from).type;
    const UnitType target = node(relation.reversed ? from : to).type;
    switch (relation.kind) {
        case DependencyKind::before: return relation.reversed || target != UnitType::device;
        case DependencyKind::on_failure: return can_fail(source);
        case DependencyKind::triggers: return can_trigger(source);
        case DependencyKind::in_slice: return target == UnitType::slice && has_cgroup(source);
        default: return true;
    }
}

void GraphBuilder::add(NodeId from, Relation relation, NodeId to, OriginSet origin) {
    if (from == to || !allowed(relation, from, to)) return;
    if (relation.reversed)
        graph_.edges_.push_back({to, from, relation.kind, 0, origin});
    else
        graph_.edges_.push_back({from, to, relation.kind, origin, 0});
}

void GraphBuilder::add(NodeId from, Relations relations, NodeId to, OriginSet origin) {
    for (const Relation relation : relations) add(from, relation, to, origin);
}

void GraphBuilder::add(NodeId from, Relations relations, std::string_view to, Origin origin) {
    if (const NodeId other = refer(to); other != no_node) add(from, relations, other, as_set(origin));
}

void GraphBuilder::finish_edges() {
    for (Edge& edge : graph_.edges_) {
        edge.from = resolve(edge.from);
        edge.to = resolve(edge.to);
    }
    std::erase_if(graph_.edges_, [](const Edge& edge) { return edge.from == edge.to; });
    add_target_orderings();
}

}  // namespace sandgraft::units
