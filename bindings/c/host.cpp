// SPDX-License-Identifier: LGPL-2.1-or-later
#include "callback.hpp"
#include "object.hpp"
using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_host_options* sandgraft_host_options_new(sandgraft_error** error) { return make<HostOptions>(error); }

sandgraft_host_options* sandgraft_host_options_copy(const sandgraft_host_options* options, sandgraft_error** error) {
    return copy(options, error);
}

bool sandgraft_host_options_equal(const sandgraft_host_options* options, const sandgraft_host_options* other) {
    return equal(options, other);
}

void sandgraft_host_options_free(sandgraft_host_options* options) { release(options); }

const char* sandgraft_host_options_get_uri(const sandgraft_host_options* options) {
    return get(options, &HostOptions::uri);
}

bool sandgraft_host_options_set_uri(sandgraft_host_options* options, const char* uri, sandgraft_error** error) {
    return set(options, &HostOptions::uri, uri, error);
}

const char* sandgraft_host_options_get_init(const sandgraft_host_options* options) {
    return get(options, &HostOptions::init);
}

bool sandgraft_host_options_set_init(sandgraft_host_options* options, const char* init, sandgraft_error** error) {
    return set(options, &HostOptions::init, init, error);
}

const char* sandgraft_host_options_get_modules(const sandgraft_host_options* options) {
    return get(options, &HostOptions::modules);
}

bool sandgraft_host_options_set_modules(sandgraft_host_options* options, const char* modules, sandgraft_error** error) {
    return set(options, &HostOptions::modules, modules, error);
}

bool sandgraft_host_options_get_in_background(const sandgraft_host_options* options) {
    return get(options, &HostOptions::in_background);
}

bool sandgraft_host_options_set_in_background(sandgraft_host_options* options, bool in_background,
                                              sandgraft_error** error) {
    return set(options, &HostOptions::in_background, in_background, error);
}

const sandgraft_streams* sandgraft_start_options_get_streams(const sandgraft_start_options* options) {
    return get(options, &StartOptions::streams);
}

bool sandgraft_start_options_set_streams(sandgraft_start_options* options, const sandgraft_streams* streams,
                                         sandgraft_error** error) {
    return set(options, &StartOptions::streams, streams, error);
}

sandgraft_channel sandgraft_start_options_get_channel(const sandgraft_start_options* options) {
    return get(options, &StartOptions::channel);
}

bool sandgraft_start_options_set_channel(sandgraft_start_options* options, sandgraft_channel channel,
                                         sandgraft_error** error) {
    return set(options, &StartOptions::channel, channel, error);
}

int64_t sandgraft_start_options_get_init_deadline(const sandgraft_start_options* options) {
    return get(options, &StartOptions::init_deadline);
}

bool sandgraft_start_options_set_init_deadline(sandgraft_start_options* options, int64_t init_deadline,
                                               sandgraft_error** error) {
    return set(options, &StartOptions::init_deadline, init_deadline, error);
}

sandgraft_start_options* sandgraft_start_options_new(sandgraft_error** error) { return make<StartOptions>(error); }

sandgraft_start_options* sandgraft_start_options_copy(const sandgraft_start_options* options, sandgraft_error** error) {
    return copy(options, error);
}

void sandgraft_start_options_free(sandgraft_start_options* options) { release(options); }

bool sandgraft_start_options_set_on_progress(sandgraft_start_options* options, sandgraft_text_func function,
                                             void* user_data, sandgraft_destroy_func destroy, sandgraft_error** error) {
    return set_callback(options, &StartOptions::on_progress, function, user_data, destroy, error);
}

bool sandgraft_start_options_set_on_warning(sandgraft_start_options* options, sandgraft_text_func function,
                                            void* user_data, sandgraft_destroy_func destroy, sandgraft_error** error) {
    return set_callback(options, &StartOptions::on_warning, function, user_data, destroy, error);
}

sandgraft_host* sandgraft_host_open(const sandgraft_host_options* options, sandgraft_error** error) {
    return guard(error, [&] { return give_live(Host::open(or_default(options))); });
}

void sandgraft_host_free(sandgraft_host* host) { release(host); }

sandgraft_capabilities* sandgraft_host_capabilities(const sandgraft_host* host, sandgraft_error** error) {
    return guard(error, [&] { return give(live(host)->capabilities()); });
}

sandgraft_instance* sandgraft_host_start(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                         const sandgraft_start_options* options, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(host)->start(the(sandbox), or_default(options))); });
}

sandgraft_instance* sandgraft_host_start_kept(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                              const sandgraft_start_options* options, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(host)->start_kept(the(sandbox), or_default(options))); });
}

sandgraft_instance* sandgraft_host_start_defined(const sandgraft_host* host, const char* name,
                                                 const sandgraft_start_options* options, sandgraft_error** error) {
    return guard(error,
                 [&] { return give_live(live(host)->start_kept(std::string(text(name)), or_default(options))); });
}

sandgraft_pending_start* sandgraft_host_start_async(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                                    const sandgraft_start_options* options, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(host)->start_async(the(sandbox), or_default(options))); });
}

sandgraft_pending_start* sandgraft_host_start_kept_async(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                                         const sandgraft_start_options* options,
                                                         sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(host)->start_kept_async(the(sandbox), or_default(options))); });
}

sandgraft_pending_start* sandgraft_host_start_defined_async(const sandgraft_host* host, const char* name,
                                                            const sandgraft_start_options* options,
                                                            sandgraft_error** error) {
    return guard(error,
                 [&] { return give_live(live(host)->start_kept_async(std::string(text(name)), or_default(options))); });
}

bool sandgraft_host_define(const sandgraft_host* host, const sandgraft_sandbox* sandbox, sandgraft_error** error) {
    return guard_void(error, [&] { live(host)->define(the(sandbox)); });
}

sandgraft_sandbox_infos* sandgraft_host_list(const sandgraft_host* host, sandgraft_error** error) {
    return guard(error, [&] { return give(live(host)->list()); });
}

sandgraft_stored_sandbox* sandgraft_host_find(const sandgraft_host* host, const char* name, sandgraft_error** error) {
    return guard(error, [&] { return give(live(host)->find(text(name))); });
}

bool sandgraft_host_undefine(const sandgraft_host* host, const char* name, sandgraft_error** error) {
    return guard_void(error, [&] { live(host)->undefine(text(name)); });
}

bool sandgraft_host_destroy(const sandgraft_host* host, const char* name, sandgraft_error** error) {
    return guard_void(error, [&] { live(host)->destroy(text(name)); });
}

bool sandgraft_host_rename(const sandgraft_host* host, const char* name, const char* new_name,
                           sandgraft_error** error) {
    return guard_void(error, [&] { live(host)->rename(text(name), text(new_name)); });
}

bool sandgraft_host_clone(const sandgraft_host* host, const char* name, const char* new_name, sandgraft_error** error) {
    return guard_void(error, [&] { live(host)->clone(text(name), text(new_name)); });
}

sandgraft_sandbox_events* sandgraft_host_events(const sandgraft_host* host, sandgraft_error** error) {
    return guard(error, [&] { return give_live(live(host)->events()); });
}

const sandgraft_published_ports* sandgraft_start_options_get_ports(const sandgraft_start_options* options) {
    return get(options, &StartOptions::ports);
}

bool sandgraft_start_options_set_ports(sandgraft_start_options* options, const sandgraft_published_ports* ports,
                                       sandgraft_error** error) {
    return set(options, &StartOptions::ports, ports, error);
}
