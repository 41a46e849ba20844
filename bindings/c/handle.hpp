// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sandgraft.h"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace sandgraft::c {

/// A row of the table of handles: what C knows as a Handle is the address of a Value.
template <class Handle, class Value>
struct Row {
    static std::type_identity<Value> value_of(const Handle*);
    static std::type_identity<Handle> handle_of(const Value*);
};

template <class... Rows>
struct Table : Rows... {
    using Rows::value_of...;
    using Rows::handle_of...;
};

/// Live objects are shared with the calls that use them, so that a callback may free what calls it.
using Handles =
    Table<Row<sandgraft_error, Error>, Row<sandgraft_strings, std::vector<std::string>>, Row<sandgraft_mount, Mount>,
          Row<sandgraft_mounts, std::vector<Mount>>, Row<sandgraft_limit, Limit>,
          Row<sandgraft_limits, std::vector<Limit>>, Row<sandgraft_published_port, PublishedPort>,
          Row<sandgraft_published_ports, std::vector<PublishedPort>>, Row<sandgraft_command, Command>,
          Row<sandgraft_unit_edit, UnitEdit>, Row<sandgraft_unit_edits, std::vector<UnitEdit>>,
          Row<sandgraft_services, Services>, Row<sandgraft_sandbox, Sandbox>, Row<sandgraft_capabilities, Capabilities>,
          Row<sandgraft_provision, Provision>, Row<sandgraft_unit_source, UnitSource>,
          Row<sandgraft_unit_warning, UnitWarning>, Row<sandgraft_unit_warnings, std::vector<UnitWarning>>,
          Row<sandgraft_unit_info, UnitInfo>, Row<sandgraft_unit_infos, std::vector<UnitInfo>>,
          Row<sandgraft_service_spec, ServiceSpec>, Row<sandgraft_unit_tree_entry, UnitTree::Entry>,
          Row<sandgraft_unit_tree_entries, std::vector<UnitTree::Entry>>, Row<sandgraft_unit_tree, UnitTree>,
          Row<sandgraft_unit_change, UnitChange>, Row<sandgraft_unit_changes, std::vector<UnitChange>>,
          Row<sandgraft_unit_dependency, UnitDependency>, Row<sandgraft_unit_dependencies, std::vector<UnitDependency>>,
          Row<sandgraft_unit_job, UnitJob>, Row<sandgraft_unit_jobs, std::vector<UnitJob>>,
          Row<sandgraft_unit_link, UnitLink>, Row<sandgraft_unit_links, std::vector<UnitLink>>,
          Row<sandgraft_unit_removal, UnitRemoval>, Row<sandgraft_unit_finding, UnitFinding>,
          Row<sandgraft_unit_findings, std::vector<UnitFinding>>, Row<sandgraft_unit_graph_options, UnitGraphOptions>,
          Row<sandgraft_unit_cycles, std::vector<std::vector<std::string>>>, Row<sandgraft_unit_closure, UnitClosure>,
          Row<sandgraft_unit_set, UnitSet>, Row<sandgraft_streams, Streams>, Row<sandgraft_exit, Exit>,
          Row<sandgraft_program, Program>, Row<sandgraft_attachment, Attachment>,
          Row<sandgraft_failed_unit, FailedUnit>, Row<sandgraft_failed_units, std::vector<FailedUnit>>,
          Row<sandgraft_boot_result, BootResult>, Row<sandgraft_sandbox_info, SandboxInfo>,
          Row<sandgraft_sandbox_infos, std::vector<SandboxInfo>>, Row<sandgraft_stored_sandbox, StoredSandbox>,
          Row<sandgraft_sandbox_event, SandboxEvent>, Row<sandgraft_host_options, HostOptions>,
          Row<sandgraft_start_options, StartOptions>, Row<sandgraft_process, std::shared_ptr<Process>>,
          Row<sandgraft_instance, std::shared_ptr<Instance>>,
          Row<sandgraft_pending_start, std::shared_ptr<PendingStart>>,
          Row<sandgraft_sandbox_events, std::shared_ptr<SandboxEvents>>, Row<sandgraft_host, std::shared_ptr<Host>>>;

template <class Handle>
using ValueOf = typename decltype(Handles::value_of(static_cast<const Handle*>(nullptr)))::type;

template <class Value>
using HandleOf = typename decltype(Handles::handle_of(static_cast<const Value*>(nullptr)))::type;

template <class Handle>
ValueOf<Handle>* value(Handle* handle) noexcept {
    return reinterpret_cast<ValueOf<Handle>*>(handle);
}

template <class Handle>
const ValueOf<Handle>* value(const Handle* handle) noexcept {
    return reinterpret_cast<const ValueOf<Handle>*>(handle);
}

template <class Value>
const HandleOf<Value>* handle(const Value* value) noexcept {
    return reinterpret_cast<const HandleOf<Value>*>(value);
}

/// A handle that the caller owns.
template <class Value>
auto give(Value value) {
    return reinterpret_cast<HandleOf<Value>*>(new Value(std::move(value)));
}

/// A handle of what may not be there: else NULL.
template <class Value>
HandleOf<Value>* give_if(std::optional<Value> value) {
    return value ? give(std::move(*value)) : nullptr;
}

/// The same of a live object.
template <class Value>
auto give_live(Value value) {
    return give(std::make_shared<Value>(std::move(value)));
}

/// What a handle must have. @throws Error invalid for NULL.
template <class Handle>
auto& the(Handle* handle) {
    if (handle == nullptr) throw Error(ErrorCode::invalid, "NULL was given for an object");
    return *value(handle);
}

/// A live object, which stays as long as the result does.
template <class Handle>
auto live(Handle* handle) {
    return std::remove_cvref_t<decltype(the(handle))>(the(handle));
}

/// Options, where NULL stands for the defaults.
template <class Handle>
ValueOf<Handle> or_default(const Handle* handle) {
    return handle == nullptr ? ValueOf<Handle>{} : *value(handle);
}

}  // namespace sandgraft::c
