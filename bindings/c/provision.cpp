// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_capabilities* sandgraft_capabilities_new(sandgraft_error** error) { return make<Capabilities>(error); }

sandgraft_capabilities* sandgraft_capabilities_copy(const sandgraft_capabilities* capabilities,
                                                    sandgraft_error** error) {
    return copy(capabilities, error);
}

bool sandgraft_capabilities_equal(const sandgraft_capabilities* capabilities, const sandgraft_capabilities* other) {
    return equal(capabilities, other);
}

void sandgraft_capabilities_free(sandgraft_capabilities* capabilities) { release(capabilities); }

sandgraft_driver sandgraft_capabilities_get_driver(const sandgraft_capabilities* capabilities) {
    return get(capabilities, &Capabilities::driver);
}

bool sandgraft_capabilities_set_driver(sandgraft_capabilities* capabilities, sandgraft_driver driver,
                                       sandgraft_error** error) {
    return set(capabilities, &Capabilities::driver, driver, error);
}

const char* sandgraft_capabilities_get_user(const sandgraft_capabilities* capabilities) {
    return get(capabilities, &Capabilities::user);
}

bool sandgraft_capabilities_set_user(sandgraft_capabilities* capabilities, const char* user, sandgraft_error** error) {
    return set(capabilities, &Capabilities::user, user, error);
}

uint64_t sandgraft_capabilities_get_memory_bytes(const sandgraft_capabilities* capabilities) {
    return get(capabilities, &Capabilities::memory_bytes);
}

bool sandgraft_capabilities_set_memory_bytes(sandgraft_capabilities* capabilities, uint64_t memory_bytes,
                                             sandgraft_error** error) {
    return set(capabilities, &Capabilities::memory_bytes, memory_bytes, error);
}

sandgraft_swap_limit sandgraft_capabilities_get_swap_limit(const sandgraft_capabilities* capabilities) {
    return get(capabilities, &Capabilities::swap_limit);
}

bool sandgraft_capabilities_set_swap_limit(sandgraft_capabilities* capabilities, sandgraft_swap_limit swap_limit,
                                           sandgraft_error** error) {
    return set(capabilities, &Capabilities::swap_limit, swap_limit, error);
}

sandgraft_provision* sandgraft_provision_new(sandgraft_error** error) { return make<Provision>(error); }

sandgraft_provision* sandgraft_provision_copy(const sandgraft_provision* provision, sandgraft_error** error) {
    return copy(provision, error);
}

bool sandgraft_provision_equal(const sandgraft_provision* provision, const sandgraft_provision* other) {
    return equal(provision, other);
}

void sandgraft_provision_free(sandgraft_provision* provision) { release(provision); }

const char* sandgraft_provision_get_init(const sandgraft_provision* provision) {
    return get(provision, &Provision::init);
}

bool sandgraft_provision_set_init(sandgraft_provision* provision, const char* init, sandgraft_error** error) {
    return set(provision, &Provision::init, init, error);
}

const char* sandgraft_provision_get_root(const sandgraft_provision* provision) {
    return get(provision, &Provision::root);
}

bool sandgraft_provision_set_root(sandgraft_provision* provision, const char* root, sandgraft_error** error) {
    return set(provision, &Provision::root, root, error);
}

const sandgraft_strings* sandgraft_provision_get_directories(const sandgraft_provision* provision) {
    return get(provision, &Provision::directories);
}

bool sandgraft_provision_set_directories(sandgraft_provision* provision, const char* const* directories,
                                         sandgraft_error** error) {
    return set(provision, &Provision::directories, directories, error);
}

sandgraft_capabilities* sandgraft_capabilities_local(sandgraft_driver driver, sandgraft_error** error) {
    return guard(error, [&] { return give(local_capabilities(enumerator<Driver>(driver))); });
}

char* sandgraft_installed_init(sandgraft_error** error) {
    return guard(error, [] { return give_text(installed_init()); });
}

const sandgraft_strings* sandgraft_default_masks() {
    return guard(nullptr, [] { return handle(&default_masks()); });
}

const sandgraft_strings* sandgraft_privileged_capabilities() {
    return guard(nullptr, [] { return handle(&privileged_capabilities()); });
}

bool sandgraft_parse_size(const char* given, uint64_t* bytes, sandgraft_error** error) {
    return guard_void(error, [&] { out(bytes) = parse_size(text(given)); });
}

const char* sandgraft_provision_get_uuid(const sandgraft_provision* provision) {
    return get(provision, &Provision::uuid);
}

bool sandgraft_provision_set_uuid(sandgraft_provision* provision, const char* uuid, sandgraft_error** error) {
    return set(provision, &Provision::uuid, uuid, error);
}
