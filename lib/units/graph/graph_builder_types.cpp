// SPDX-License-Identifier: LGPL-2.1-or-later
// The types of units that are no mounts: what each implies, and what each must have to be accepted.
#include "units/graph/graph_builder.hpp"
#include "units/text/socket_address.hpp"

#include <algorithm>

namespace sandgraft::units {

namespace {

using Settings = UnitSettings;

std::string_view service_type(const Settings& settings) {
    for (const std::string_view type : {"simple", "forking", "oneshot", "dbus", "notify", "idle", "exec"})
        if (settings.type == type) return type;
    if (!settings.bus_name.empty()) return "dbus";
    return settings.count(CommandKind::start) > 0 ? "simple" : "oneshot";
}

bool kills_more_than_the_group(const Settings& settings, bool mixed_is_fine) {
    if (settings.pam_name.empty() || settings.kill_mode.empty()) return false;
    return settings.kill_mode != "control-group" && !(mixed_is_fine && settings.kill_mode == "mixed");
}

/// Why systemd refuses a service; empty when it does not.
std::string_view service_fault(const Settings& settings) {
    const std::size_t starts = settings.count(CommandKind::start);
    const std::string_view type = service_type(settings);
    const bool acts = !settings.success_action.empty() && settings.success_action != "none";
    if (starts == 0 && settings.count(CommandKind::stop) == 0 && !acts)
        return "neither ExecStart=, ExecStop= nor SuccessAction=";
    if (type != "oneshot" && starts == 0) return "only a service with Type=oneshot can do without ExecStart=";
    if (!settings.remain_after_exit && starts == 0 && !acts)
        return "without ExecStart= it needs RemainAfterExit=yes or SuccessAction=";
    if (type != "oneshot" && starts > 1) return "only a service with Type=oneshot can have more than one ExecStart=";
    if (type == "oneshot" && (settings.restart == "always" || settings.restart == "on-success"))
        return "a service with Type=oneshot cannot restart after success";
    if (type == "oneshot" && !settings.restart_force_exit_status.empty())
        return "a service with Type=oneshot cannot have RestartForceExitStatus=";
    if (type == "dbus" && settings.bus_name.empty()) return "Type=dbus needs BusName=";
    if (kills_more_than_the_group(settings, true)) return "PAMName= needs KillMode=control-group or mixed";
    return {};
}

bool is_filesystem_path(const Listen& listen) { return listen.value.starts_with('/'); }

bool is_network_kind(const Listen& listen) {
    return listen.key == "ListenStream" || listen.key == "ListenDatagram" || listen.key == "ListenSequentialPacket";
}

bool can_accept(const Listen& listen) { return listen.key == "ListenStream" || listen.key == "ListenSequentialPacket"; }

using Listens = std::vector<Listen>;

bool all_accept(const Settings& settings, const Listens& listens) {
    return settings.accept && std::all_of(listens.begin(), listens.end(), can_accept);
}

std::size_t count_nodes(const Listens& listens) {
    return static_cast<std::size_t>(std::count_if(listens.begin(), listens.end(), [](const auto& l) {
        return l.key == "ListenFIFO" || (is_network_kind(l) && is_filesystem_path(l));
    }));
}

std::string_view socket_fault(const Settings& settings, const Listens& listens) {
    if (listens.empty()) return "it listens on nothing";
    if (settings.accept && !all_accept(settings, listens))
        return "Accept=yes with a kind of socket that does not accept";
    if (settings.accept && !settings.service.empty()) return "Accept=yes together with Service=";
    if (kills_more_than_the_group(settings, false)) return "PAMName= needs KillMode=control-group";
    if (!settings.symlinks.empty() && count_nodes(listens) != 1)
        return "Symlinks= needs exactly one socket in the file system";
    return {};
}

/// "a-b" of "a-b-c", empty when there is no parent but the root slice.
std::string_view parent_slice(std::string_view prefix) {
    const auto dash = prefix.rfind('-');
    return dash == std::string_view::npos ? std::string_view{} : prefix.substr(0, dash);
}

bool is_slice_name(std::string_view prefix) {
    return prefix == "-" ||
           !(prefix.starts_with('-') || prefix.ends_with('-') || prefix.find("--") != std::string_view::npos);
}

}  // namespace

void GraphBuilder::add_type(NodeId id, const Settings& settings) {
    switch (node(id).type) {
        case UnitType::service: return add_service(id, settings);
        case UnitType::socket: return add_socket(id, settings);
        case UnitType::target: return add_target(id);
        case UnitType::mount: return add_mount_unit(id, settings);
        case UnitType::automount: return add_automount(id, settings);
        case UnitType::swap: return add_swap(id, settings);
        case UnitType::timer: return add_timer(id, settings);
        case UnitType::path: return add_path_unit(id, settings);
        case UnitType::slice: return add_slice_unit(id);
        case UnitType::scope: return add_scope(id);
        case UnitType::device: return;
    }
}

/// The default dependencies of everything that runs after the early boot.
void GraphBuilder::add_basics(NodeId id, std::string_view before) {
    if (!node(id).default_dependencies) return;
    if (!before.empty()) add(id, {relation::before}, before, Origin::default_);
    add(id, {relation::after, relation::requires_}, "sysinit.target", Origin::default_);
    if (node(id).type == UnitType::service) add(id, {relation::after}, "basic.target", Origin::default_);
    add_shutdown(id);
}

/// A name on the bus belongs to the service that is loaded first.
bool GraphBuilder::take_bus_name(NodeId id, const Settings& settings) {
    if (settings.bus_name.empty()) return true;
    const auto name = loader_.expand(*node(id).unit, settings.bus_name);
    return !name || bus_names_.emplace(*name, id).first->second == id;
}

void GraphBuilder::add_service(NodeId id, const Settings& settings) {
    add_exec(id, settings);
    complete_slice(id, false);
    add_basics(id, {});
    if (!settings.bus_name.empty() && service_type(settings) == "dbus")
        add(id, {relation::requires_, relation::after}, "dbus.socket", Origin::file);
    if (!take_bus_name(id, settings)) return refuse(id, "another service has the same BusName=", UnitState::error);
    if (const auto fault = service_fault(settings); !fault.empty()) refuse(id, fault);
}

/// The addresses that systemd takes, specifiers expanded.
std::vector<Listen> GraphBuilder::listens_of(NodeId id, const Settings& settings) {
    std::vector<Listen> listens;
    for (const Listen& listen : settings.listens) {
        auto value = listen.value;
        if (value.find('%') != std::string_view::npos) {
            const auto expanded = loader_.expand(*node(id).unit, value);
            if (!expanded) continue;
            value = graph_.names_.store(*expanded);
        }
        if (is_listen_value(listen.key, value)) listens.push_back({listen.key, value});
    }
    return listens;
}

void GraphBuilder::add_socket(NodeId id, const Settings& settings) {
    const auto listens = listens_of(id, settings);
    if (!all_accept(settings, listens) || listens.empty()) {
        std::optional<std::string> service;
        if (!settings.service.empty()) service = loader_.expand_name(*node(id).unit, settings.service);
        if (!service) service = std::string(node(id).name.substr(0, node(id).name.rfind('.'))) + ".service";
        if (!settings.accept || !listens.empty())
            add(id, {relation::before, relation::triggers}, *service, Origin::implicit);
    }
    for (const Listen& listen : listens) {
        const bool has_path = listen.key != "ListenNetlink" && listen.key != "ListenMessageQueue";
        if (!has_path || !is_filesystem_path(listen)) continue;
        if (!is_normalized_path(simplify_path(listen.value)))
            return refuse(id, "a socket whose path holds \"..\"", UnitState::error);
        require_mounts_for(id, listen.value, Origin::file);
    }
    if (!settings.bind_to_device.empty() && settings.bind_to_device != "lo" && settings.bind_to_device != "*")
        add_device(id, "/sys/subsystem/net/devices/" + std::string(settings.bind_to_device), relation::binds_to,
                   Origin::file);
    if (settings.has_commands())
        add_exec(id, settings);
    else
        add_loop_modules(id, settings);
    complete_slice(id, false);
    add_basics(id, "sockets.target");
    if (const auto fault = socket_fault(settings, listens); !fault.empty()) refuse(id, fault);
}

/// What a timer or path unit starts: the unit of Unit=, else the service of the same name.
void GraphBuilder::add_trigger(NodeId id, const Settings& settings) {
    for (const std::string_view value : settings.triggered_units) {
        const auto name = loader_.expand_name(*node(id).unit, value);
        const NodeId unit = name ? refer(expand_template(id, *name)) : no_node;
        if (unit == no_node || unit == id) continue;
        add(id, {relation::before, relation::triggers}, unit, as_set(Origin::file));
        return;
    }
    const std::string service = std::string(node(id).name.substr(0, node(id).name.rfind('.'))) + ".service";
    add(id, {relation::before, relation::triggers}, service, Origin::implicit);
}

void GraphBuilder::add_timer(NodeId id, const Settings& settings) {
    add_trigger(id, settings);
    if (settings.persistent) require_mounts_for(id, "/var/lib/systemd/timers", Origin::file);
    add_basics(id, "timers.target");
    if (node(id).default_dependencies && settings.calendar)
        for (const std::string_view name : {"time-sync.target", "time-set.target"})
            add(id, {relation::after}, name, Origin::default_);
    if (!settings.calendar && !settings.monotonic && !settings.on_clock_change && !settings.on_timezone_change)
        refuse(id, "a timer without a time");
}

void GraphBuilder::add_path_unit(NodeId id, const Settings& settings) {
    add_trigger(id, settings);
    bool watches = false;
    for (const std::string_view value : settings.paths) {
        const auto path = expand_path(id, value);
        if (!path) continue;
        watches = true;
        require_mounts_for(id, *path, Origin::file);
    }
    add_basics(id, "paths.target");
    if (!watches) refuse(id, "a path unit without a path");
}

void GraphBuilder::add_slice_unit(NodeId id) {
    const std::string_view prefix = parse_unit_name(node(id).name).prefix;
    if (!is_slice_name(prefix)) return refuse(id, "not a valid slice name", UnitState::error);
    if (node(id).name != "-.slice") {
        const std::string_view parent = parent_slice(prefix);
        const NodeId slice = refer(parent.empty() ? "-.slice" : std::string(parent) + ".slice");
        slices_[id] = slice;
        add(id, relation::in_slice, slice, as_set(Origin::implicit));
    }
    if (node(id).default_dependencies) add_shutdown(id);
}

// init.scope is the manager itself; other scopes are made by programs while the system runs.
void GraphBuilder::add_scope(NodeId id) {
    if (!node(id).perpetual) {
        node(id).state = UnitState::not_found;
        return;
    }
    slices_[id] = refer("-.slice");
    add(id, relation::in_slice, slices_[id], as_set(Origin::slice_property));
}

void GraphBuilder::add_target(NodeId id) {
    if (node(id).default_dependencies && node(id).name != "shutdown.target") add_shutdown(id);
}

}  // namespace sandgraft::units
