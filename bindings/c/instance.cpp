// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"
#include "waited.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

void sandgraft_instance_free(sandgraft_instance* instance) { release(instance); }

sandgraft_instance* sandgraft_instance_connect(const char* name, int64_t deadline_ms, sandgraft_error** error) {
    return guard(error, [&] { return give_live(Instance::connect(text(name), deadline(deadline_ms))); });
}

const char* sandgraft_instance_get_name(const sandgraft_instance* instance) {
    return instance == nullptr ? nullptr : (*value(instance))->name().c_str();
}

char* sandgraft_instance_domain_xml(const sandgraft_instance* instance, sandgraft_error** error) {
    return guard(error, [&] { return give_text(live(instance)->domain_xml()); });
}

bool sandgraft_instance_has_terminal(const sandgraft_instance* instance) {
    return instance != nullptr && (*value(instance))->has_terminal();
}

sandgraft_process* sandgraft_instance_command(sandgraft_instance* instance, sandgraft_error** error) {
    return guard(error, [&] { return give(std::shared_ptr<Process>(the(instance), &the(instance)->command())); });
}

int sandgraft_instance_wait(sandgraft_instance* instance, int64_t timeout_ms, int* status, sandgraft_error** error) {
    return guard(error, [&] { return waited(live(instance)->wait(deadline(timeout_ms)), status); });
}

sandgraft_process* sandgraft_instance_exec(sandgraft_instance* instance, const sandgraft_program* program,
                                           const sandgraft_streams* streams, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(instance)->exec(the(program), or_default(streams))); });
}

sandgraft_process* sandgraft_instance_attach(sandgraft_instance* instance, const sandgraft_attachment* attachment,
                                             const sandgraft_streams* streams, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(instance)->attach(the(attachment), or_default(streams))); });
}

int sandgraft_instance_descriptor(const sandgraft_instance* instance, sandgraft_error** error) {
    return guard(error, [&] { return the(instance)->descriptor(); });
}

bool sandgraft_instance_dispatch(sandgraft_instance* instance, sandgraft_error** error) {
    return guard_void(error, [&] { live(instance)->dispatch(); });
}

bool sandgraft_instance_stop(sandgraft_instance* instance, sandgraft_error** error) {
    return guard_void(error, [&] { live(instance)->stop(); });
}

bool sandgraft_instance_destroy(sandgraft_instance* instance, sandgraft_error** error) {
    return guard_void(error, [&] { live(instance)->destroy(); });
}

void sandgraft_pending_start_free(sandgraft_pending_start* start) { release(start); }

int sandgraft_pending_start_descriptor(const sandgraft_pending_start* start, sandgraft_error** error) {
    return guard(error, [&] { return the(start)->descriptor(); });
}

bool sandgraft_pending_start_dispatch(sandgraft_pending_start* start, sandgraft_error** error) {
    return guard_void(error, [&] { live(start)->dispatch(); });
}

bool sandgraft_pending_start_ready(const sandgraft_pending_start* start) {
    return guard(nullptr, [&] { return the(start)->ready(); });
}

bool sandgraft_pending_start_cancel(sandgraft_pending_start* start, sandgraft_error** error) {
    return guard_void(error, [&] { live(start)->cancel(); });
}

sandgraft_instance* sandgraft_pending_start_take(sandgraft_pending_start* start, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(start)->take()); });
}

const sandgraft_published_ports* sandgraft_instance_get_ports(const sandgraft_instance* instance) {
    return instance == nullptr ? nullptr : handle(&(*value(instance))->ports());
}
