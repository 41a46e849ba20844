// SPDX-License-Identifier: LGPL-2.1-or-later
#include "enums.hpp"
#include "object.hpp"
#include "waited.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_boot_result* sandgraft_instance_await_boot(sandgraft_instance* instance, sandgraft_readiness readiness,
                                                     int64_t timeout_ms, sandgraft_error** error) {
    return guard(error, [&] {
        return give(live(instance)->await_boot(enumerator<Readiness>(readiness), deadline(timeout_ms)));
    });
}

bool sandgraft_boot_result_equal(const sandgraft_boot_result* result, const sandgraft_boot_result* other) {
    return equal(result, other);
}

void sandgraft_boot_result_free(sandgraft_boot_result* result) { release(result); }

bool sandgraft_boot_result_get_reached(const sandgraft_boot_result* result) {
    return get(result, &BootResult::reached);
}

bool sandgraft_boot_result_get_in_time(const sandgraft_boot_result* result) {
    return get(result, &BootResult::in_time);
}

const sandgraft_failed_units* sandgraft_boot_result_get_failed(const sandgraft_boot_result* result) {
    return get(result, &BootResult::failed);
}

size_t sandgraft_failed_units_count(const sandgraft_failed_units* list) { return count(list); }

const sandgraft_failed_unit* sandgraft_failed_units_get(const sandgraft_failed_units* list, size_t index) {
    return element(list, index);
}

void sandgraft_failed_units_free(sandgraft_failed_units* list) { release(list); }

const char* sandgraft_failed_unit_get_name(const sandgraft_failed_unit* unit) { return get(unit, &FailedUnit::name); }

const char* sandgraft_failed_unit_get_result(const sandgraft_failed_unit* unit) {
    return get(unit, &FailedUnit::result);
}

const sandgraft_strings* sandgraft_failed_unit_get_log(const sandgraft_failed_unit* unit) {
    return get(unit, &FailedUnit::log);
}
