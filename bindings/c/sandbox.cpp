// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

static_assert(std::variant_size_v<Payload> == 2,
              "each payload has a getter, also of sandgraft_sandbox_info, and a setter");

sandgraft_sandbox* sandgraft_sandbox_new(sandgraft_error** error) { return make<Sandbox>(error); }

sandgraft_sandbox* sandgraft_sandbox_copy(const sandgraft_sandbox* sandbox, sandgraft_error** error) {
    return copy(sandbox, error);
}

bool sandgraft_sandbox_equal(const sandgraft_sandbox* sandbox, const sandgraft_sandbox* other) {
    return equal(sandbox, other);
}

void sandgraft_sandbox_free(sandgraft_sandbox* sandbox) { release(sandbox); }

const char* sandgraft_sandbox_get_name(const sandgraft_sandbox* sandbox) { return get(sandbox, &Sandbox::name); }

bool sandgraft_sandbox_set_name(sandgraft_sandbox* sandbox, const char* name, sandgraft_error** error) {
    return set(sandbox, &Sandbox::name, name, error);
}

const char* sandgraft_sandbox_get_root(const sandgraft_sandbox* sandbox) { return get(sandbox, &Sandbox::root); }

bool sandgraft_sandbox_set_root(sandgraft_sandbox* sandbox, const char* root, sandgraft_error** error) {
    return set(sandbox, &Sandbox::root, root, error);
}

const sandgraft_mounts* sandgraft_sandbox_get_mounts(const sandgraft_sandbox* sandbox) {
    return get(sandbox, &Sandbox::mounts);
}

bool sandgraft_sandbox_set_mounts(sandgraft_sandbox* sandbox, const sandgraft_mounts* mounts, sandgraft_error** error) {
    return set(sandbox, &Sandbox::mounts, mounts, error);
}

bool sandgraft_sandbox_get_mask_secrets(const sandgraft_sandbox* sandbox) {
    return get(sandbox, &Sandbox::mask_secrets);
}

bool sandgraft_sandbox_set_mask_secrets(sandgraft_sandbox* sandbox, bool mask_secrets, sandgraft_error** error) {
    return set(sandbox, &Sandbox::mask_secrets, mask_secrets, error);
}

const char* sandgraft_sandbox_get_user(const sandgraft_sandbox* sandbox) { return get(sandbox, &Sandbox::user); }

bool sandgraft_sandbox_set_user(sandgraft_sandbox* sandbox, const char* user, sandgraft_error** error) {
    return set(sandbox, &Sandbox::user, user, error);
}

bool sandgraft_sandbox_get_privileged(const sandgraft_sandbox* sandbox) { return get(sandbox, &Sandbox::privileged); }

bool sandgraft_sandbox_set_privileged(sandgraft_sandbox* sandbox, bool privileged, sandgraft_error** error) {
    return set(sandbox, &Sandbox::privileged, privileged, error);
}

sandgraft_strings* sandgraft_sandbox_get_environment(const sandgraft_sandbox* sandbox, sandgraft_error** error) {
    return guard(error, [&] { return give_environment(the(sandbox).environment); });
}

bool sandgraft_sandbox_set_environment(sandgraft_sandbox* sandbox, const char* const* environment,
                                       sandgraft_error** error) {
    return set(sandbox, &Sandbox::environment, environment, error);
}

uint64_t sandgraft_sandbox_get_memory_bytes(const sandgraft_sandbox* sandbox) {
    return get(sandbox, &Sandbox::memory_bytes);
}

bool sandgraft_sandbox_set_memory_bytes(sandgraft_sandbox* sandbox, uint64_t memory_bytes, sandgraft_error** error) {
    return set(sandbox, &Sandbox::memory_bytes, memory_bytes, error);
}

double sandgraft_sandbox_get_vcpus(const sandgraft_sandbox* sandbox) { return get(sandbox, &Sandbox::vcpus); }

bool sandgraft_sandbox_set_vcpus(sandgraft_sandbox* sandbox, double vcpus, sandgraft_error** error) {
    return set(sandbox, &Sandbox::vcpus, vcpus, error);
}

uint32_t sandgraft_sandbox_get_pids(const sandgraft_sandbox* sandbox) { return get(sandbox, &Sandbox::pids); }

bool sandgraft_sandbox_set_pids(sandgraft_sandbox* sandbox, uint32_t pids, sandgraft_error** error) {
    return set(sandbox, &Sandbox::pids, pids, error);
}

const sandgraft_limits* sandgraft_sandbox_get_limits(const sandgraft_sandbox* sandbox) {
    return get(sandbox, &Sandbox::limits);
}

bool sandgraft_sandbox_set_limits(sandgraft_sandbox* sandbox, const sandgraft_limits* limits, sandgraft_error** error) {
    return set(sandbox, &Sandbox::limits, limits, error);
}

sandgraft_limit* sandgraft_limit_new(sandgraft_error** error) { return make<Limit>(error); }

sandgraft_limit* sandgraft_limit_copy(const sandgraft_limit* limit, sandgraft_error** error) {
    return copy(limit, error);
}

bool sandgraft_limit_equal(const sandgraft_limit* limit, const sandgraft_limit* other) { return equal(limit, other); }

void sandgraft_limit_free(sandgraft_limit* limit) { release(limit); }

const char* sandgraft_limit_get_name(const sandgraft_limit* limit) { return get(limit, &Limit::name); }

bool sandgraft_limit_set_name(sandgraft_limit* limit, const char* name, sandgraft_error** error) {
    return set(limit, &Limit::name, name, error);
}

uint64_t sandgraft_limit_get_soft(const sandgraft_limit* limit) { return get(limit, &Limit::soft); }

bool sandgraft_limit_set_soft(sandgraft_limit* limit, uint64_t soft, sandgraft_error** error) {
    return set(limit, &Limit::soft, soft, error);
}

uint64_t sandgraft_limit_get_hard(const sandgraft_limit* limit) { return get(limit, &Limit::hard); }

bool sandgraft_limit_set_hard(sandgraft_limit* limit, uint64_t hard, sandgraft_error** error) {
    return set(limit, &Limit::hard, hard, error);
}

bool sandgraft_sandbox_add_mount(sandgraft_sandbox* sandbox, const sandgraft_mount* mount, sandgraft_error** error) {
    return guard_void(error, [&] { the(sandbox).mounts.push_back(the(mount)); });
}

bool sandgraft_sandbox_add_limit(sandgraft_sandbox* sandbox, const sandgraft_limit* limit, sandgraft_error** error) {
    return guard_void(error, [&] { the(sandbox).limits.push_back(the(limit)); });
}

bool sandgraft_sandbox_set_variable(sandgraft_sandbox* sandbox, const char* name, const char* value,
                                    sandgraft_error** error) {
    return guard_void(error, [&] {
        auto& environment = the(sandbox).environment;
        if (value == nullptr)
            environment.erase(text(name));
        else
            environment[text(name)] = value;
    });
}

const sandgraft_command* sandgraft_sandbox_get_command(const sandgraft_sandbox* sandbox) {
    return payload<Command>(sandbox);
}

bool sandgraft_sandbox_set_command(sandgraft_sandbox* sandbox, const sandgraft_command* command,
                                   sandgraft_error** error) {
    return guard_void(error, [&] { the(sandbox).payload = the(command); });
}

const sandgraft_services* sandgraft_sandbox_get_services(const sandgraft_sandbox* sandbox) {
    return payload<Services>(sandbox);
}

bool sandgraft_sandbox_set_services(sandgraft_sandbox* sandbox, const sandgraft_services* services,
                                    sandgraft_error** error) {
    return guard_void(error, [&] { the(sandbox).payload = the(services); });
}

bool sandgraft_sandbox_validate(const sandgraft_sandbox* sandbox, sandgraft_error** error) {
    return guard_void(error, [&] { validate(the(sandbox)); });
}

char* sandgraft_sandbox_to_domain_xml(const sandgraft_sandbox* sandbox, const sandgraft_capabilities* capabilities,
                                      const sandgraft_provision* provision, sandgraft_error** error) {
    return guard(error,
                 [&] { return give_text(to_domain_xml(the(sandbox), the(capabilities), or_default(provision))); });
}

sandgraft_sandbox* sandgraft_sandbox_from_domain_xml(const char* document, sandgraft_error** error) {
    return guard(error, [&] { return give(from_domain_xml(text(document))); });
}

sandgraft_limit* sandgraft_limit_parse(const char* given, sandgraft_error** error) {
    return guard(error, [&] { return give(parse_limit(text(given))); });
}

const sandgraft_published_ports* sandgraft_sandbox_get_ports(const sandgraft_sandbox* sandbox) {
    return get(sandbox, &Sandbox::ports);
}

bool sandgraft_sandbox_set_ports(sandgraft_sandbox* sandbox, const sandgraft_published_ports* ports,
                                 sandgraft_error** error) {
    return set(sandbox, &Sandbox::ports, ports, error);
}
