// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

const char* sandgraft_sandbox_info_get_name(const sandgraft_sandbox_info* info) {
    return get(info, &SandboxInfo::name);
}

const char* sandgraft_sandbox_info_get_uuid(const sandgraft_sandbox_info* info) {
    return get(info, &SandboxInfo::uuid);
}

sandgraft_sandbox_info_state sandgraft_sandbox_info_get_state(const sandgraft_sandbox_info* info) {
    return get(info, &SandboxInfo::state);
}

bool sandgraft_sandbox_info_get_defined(const sandgraft_sandbox_info* info) { return get(info, &SandboxInfo::defined); }

const sandgraft_sandbox_info* sandgraft_stored_sandbox_get_info(const sandgraft_stored_sandbox* stored) {
    return get(stored, &StoredSandbox::info);
}

const sandgraft_sandbox* sandgraft_stored_sandbox_get_description(const sandgraft_stored_sandbox* stored) {
    return get(stored, &StoredSandbox::description);
}

const sandgraft_strings* sandgraft_stored_sandbox_get_foreign(const sandgraft_stored_sandbox* stored) {
    return get(stored, &StoredSandbox::foreign);
}

const char* sandgraft_stored_sandbox_get_document(const sandgraft_stored_sandbox* stored) {
    return get(stored, &StoredSandbox::document);
}

sandgraft_sandbox_event_kind sandgraft_sandbox_event_get_kind(const sandgraft_sandbox_event* event) {
    return get(event, &SandboxEvent::kind);
}

const char* sandgraft_sandbox_event_get_name(const sandgraft_sandbox_event* event) {
    return get(event, &SandboxEvent::name);
}

const char* sandgraft_sandbox_event_get_uuid(const sandgraft_sandbox_event* event) {
    return get(event, &SandboxEvent::uuid);
}

const char* sandgraft_sandbox_info_state_to_string(sandgraft_sandbox_info_state state) {
    return word<SandboxInfo::State>(state);
}

const char* sandgraft_sandbox_event_kind_to_string(sandgraft_sandbox_event_kind kind) {
    return word<SandboxEvent::Kind>(kind);
}

const sandgraft_command* sandgraft_sandbox_info_get_command(const sandgraft_sandbox_info* info) {
    return payload<Command>(info);
}

const sandgraft_services* sandgraft_sandbox_info_get_services(const sandgraft_sandbox_info* info) {
    return payload<Services>(info);
}

void sandgraft_stored_sandbox_free(sandgraft_stored_sandbox* stored) { release(stored); }

void sandgraft_sandbox_event_free(sandgraft_sandbox_event* event) { release(event); }

void sandgraft_sandbox_events_free(sandgraft_sandbox_events* events) { release(events); }

int sandgraft_sandbox_events_descriptor(const sandgraft_sandbox_events* events, sandgraft_error** error) {
    return guard(error, [&] { return the(events)->descriptor(); });
}

sandgraft_sandbox_event* sandgraft_sandbox_events_next(sandgraft_sandbox_events* events, sandgraft_error** error) {
    return guard(error, [&] { return give_if(live(events)->next()); });
}

const sandgraft_published_ports* sandgraft_sandbox_info_get_ports(const sandgraft_sandbox_info* info) {
    return get(info, &SandboxInfo::ports);
}
