// SPDX-License-Identifier: LGPL-2.1-or-later
// What every unit type shares: stated dependencies, slices, shutdown, and the ordering of targets.
#include "units/graph/graph_builder.hpp"
#include "units/settings/setting_checks.hpp"
#include "units/text/type_rules.hpp"
#include "units/text/words.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace sandgraft::units {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Cuts the next word off a list of unit names. Quotes mean nothing there.
std::string_view next_name(std::string_view& rest) {
    std::size_t begin = 0;
    while (begin < rest.size() && is_blank(rest[begin])) ++begin;
    std::size_t end = begin;
    while (end < rest.size() && !is_blank(rest[end])) ++end;
    const std::string_view word = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return word;
}

std::uint64_t pair_of(NodeId a, NodeId b) { return static_cast<std::uint64_t>(a) << 32 | b; }

}  // namespace

void GraphBuilder::add_stated(NodeId id, const Settings& settings) {
    for (const StatedDependency& stated : settings.dependencies) add_names(id, stated.relation, stated.value);
    for (const std::string_view sockets : settings.sockets)
        for (const Relation relation : {relation::wants, relation::after, relation::triggered_by})
            add_names(id, relation, sockets, ".socket");
    take_slice(id, settings);
    if (node(id).type == UnitType::socket && !settings.service.empty())
        if (const auto service = loader_.expand_name(*node(id).unit, settings.service)) refer(*service);
    require_each_mount(id, settings.requires_mounts_for);
}

/// @param suffix  names that do not end in it are ignored.
void GraphBuilder::add_names(NodeId id, Relation relation, std::string_view value, std::string_view suffix) {
    for (std::string_view word = next_name(value); !word.empty(); word = next_name(value)) {
        if (word.find('%') == std::string_view::npos) {
            if (word.ends_with(suffix)) add_name(id, relation, word);
        } else if (const auto name = loader_.expand_name(*node(id).unit, word)) {
            if (name->ends_with(suffix)) add_name(id, relation, *name);
        }
    }
}

void GraphBuilder::add_name(NodeId id, Relation relation, std::string_view name) {
    if (name.find('@') == std::string_view::npos)
        add(id, {relation}, name, Origin::file);
    else
        add(id, {relation}, expand_template(id, name), Origin::file);
}

/// A template as a dependency means its instance of the referring unit's own instance, or else of its prefix.
std::string GraphBuilder::expand_template(NodeId id, std::string_view name) const {
    if (parse_unit_name(name).kind != NameKind::template_) return std::string(name);
    const UnitName own = parse_unit_name(node(id).name);
    return with_instance(name, own.kind == NameKind::instance ? *own.instance : own.prefix);
}

std::optional<std::string> GraphBuilder::expand_path(NodeId id, std::string_view text) const {
    return units::expand_path(loader_, *node(id).unit, text);
}

void GraphBuilder::add_common(NodeId id, const Settings& settings) {
    Node& unit = node(id);
    unit.default_dependencies = settings.default_dependencies && !unit.perpetual;
    unit.allow_isolate = settings.allow_isolate;
    unit.ignore_on_isolate = unit.ignore_on_isolate || settings.ignore_on_isolate;
    const bool loads_anyway = unit.type == UnitType::mount || unit.type == UnitType::swap;
    add_stated(id, settings);
    if (node(id).state != UnitState::loaded && !(loads_anyway && settings.fatal.state != UnitState::loaded)) return;
    add_type(id, settings);
    if (node(id).state != UnitState::loaded) return;
    add_slice(id);
    add_mounts(id);
    add_oomd(id, settings);
    if (settings.on_failure_job_mode == "isolate" && has_several(DependencyKind::on_failure))
        refuse(id, "OnFailureJobMode=isolate with more than one OnFailure=");
    if (settings.on_success_job_mode == "isolate" && has_several(DependencyKind::on_success))
        refuse(id, "OnSuccessJobMode=isolate with more than one OnSuccess=");
}

/// Whether the unit that is being loaded has that kind of dependency on more than one other; only it can state it.
bool GraphBuilder::has_several(DependencyKind kind) const {
    NodeId first = no_node;
    const auto stated = graph_.edges_.begin() + static_cast<std::ptrdiff_t>(first_edge_);
    return std::any_of(stated, graph_.edges_.end(), [&](const Edge& edge) {
        if (edge.kind != kind) return false;
        if (first == no_node) first = edge.to;
        return edge.to != first;
    });
}

/// What Slice= says; a slice only loads it, as its own place follows from its name.
void GraphBuilder::take_slice(NodeId id, const Settings& settings) {
    if (!has_cgroup(node(id).type)) return;
    NodeId chosen = no_node;
    for (const std::string_view value : settings.slices) {
        const auto name = loader_.expand_name(*node(id).unit, value);
        if (!name || !is_loadable_name(*name)) continue;
        const NodeId slice = refer(*name);
        if (node(slice).type == UnitType::slice) chosen = slice;
    }
    const bool is_fixed = node(id).type == UnitType::slice || node(id).type == UnitType::scope;
    if (chosen != no_node && !is_fixed) set_slice(id, chosen);
}

void GraphBuilder::set_slice(NodeId id, NodeId slice) {
    slices_[id] = slice;
    add(id, relation::in_slice, slice, as_set(Origin::slice_property));
}

void GraphBuilder::complete_slice(NodeId id, bool extrinsic) {
    if (slices_[id] != no_node) return;
    const NodeId slice = refer(default_slice(id, extrinsic));
    if (slice != no_node) set_slice(id, slice);
}

std::string GraphBuilder::default_slice(NodeId id, bool extrinsic) const {
    const UnitName name = parse_unit_name(node(id).name);
    if (name.kind == NameKind::instance) return "system-" + escape(name.prefix) + ".slice";
    return extrinsic ? "-.slice" : "system.slice";
}

void GraphBuilder::add_slice(NodeId id) {
    const Node& unit = node(id);
    if (!has_cgroup(unit.type)) return;
    const Origin origin = unit.type == UnitType::slice ? Origin::implicit : Origin::file;
    if (slices_[id] != no_node)
        add(id, {relation::after, relation::requires_}, slices_[id], as_set(origin));
    else if (unit.name != "-.slice")
        add(id, {relation::after, relation::requires_}, "-.slice", origin);
}

void GraphBuilder::add_oomd(NodeId id, const Settings& settings) {
    if (!node(id).default_dependencies || !environment_.unified_cgroups) return;
    if (settings.managed_oom_swap != "kill" && settings.managed_oom_memory_pressure != "kill") return;
    add(id, {relation::after, relation::wants}, "systemd-oomd.service", Origin::file);
}

void GraphBuilder::add_shutdown(NodeId id) {
    add(id, {relation::before, relation::conflicts}, "shutdown.target", Origin::default_);
}

void GraphBuilder::add_device(NodeId id, std::string_view path, Relation relation, Origin origin) {
    if (!environment_.devices || !(path.starts_with("/dev/") || path.starts_with("/sys/"))) return;
    const auto name = name_from_path(path, UnitType::device);
    if (!name) return;
    add(id, {relation::after, relation}, *name, origin);
}

bool GraphBuilder::takes_defaults(NodeId id) const {
    return node(id).state == UnitState::loaded && node(id).default_dependencies;
}

/// The targets and what they pull in, in the order in which systemd looks at them: what a target finds loaded when it
/// is loaded itself, then the rest, the last one loaded first.
std::vector<Edge> GraphBuilder::target_requirements() const {
    const auto pulls_in = [](DependencyKind kind) {
        return kind == DependencyKind::requires_ || kind == DependencyKind::requisite ||
               kind == DependencyKind::wants || kind == DependencyKind::binds_to || kind == DependencyKind::upholds;
    };
    std::vector<Edge> found;
    for (const Edge& edge : graph_.edges_)
        if (node(edge.from).type == UnitType::target && pulls_in(edge.kind) && takes_defaults(edge.from) &&
            takes_defaults(edge.to))
            found.push_back(edge);
    const auto rank = [this](const Edge& edge) {
        const auto target = static_cast<std::int64_t>(load_order_[edge.from]);
        const auto other = static_cast<std::int64_t>(load_order_[edge.to]);
        return other < target ? std::pair(0, target) : std::pair(1, -other);
    };
    std::stable_sort(found.begin(), found.end(), [&](const Edge& a, const Edge& b) { return rank(a) < rank(b); });
    return found;
}

// A target is ordered after everything that it pulls in, unless it is already ordered before it. That can be known
// only once all units are loaded.
void GraphBuilder::add_target_orderings() {
    std::vector<std::uint64_t> stated;  // target before unit, sorted
    for (const Edge& edge : graph_.edges_)
        if (edge.kind == DependencyKind::before && node(edge.from).type == UnitType::target)
            stated.push_back(pair_of(edge.from, edge.to));
    std::sort(stated.begin(), stated.end());
    std::unordered_set<std::uint64_t> added;  // between targets
    for (const Edge& edge : target_requirements()) {
        const std::uint64_t pair = pair_of(edge.from, edge.to);
        if (added.contains(pair) || std::binary_search(stated.begin(), stated.end(), pair)) continue;
        add(edge.from, relation::after, edge.to, as_set(Origin::default_));
        if (node(edge.to).type == UnitType::target) added.insert(pair_of(edge.to, edge.from));
    }
}

}  // namespace sandgraft::units
