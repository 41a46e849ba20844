// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

const char* sandgraft_unit_dependency_get_kind(const sandgraft_unit_dependency* dependency) {
    return get(dependency, &UnitDependency::kind);
}

const char* sandgraft_unit_dependency_get_unit(const sandgraft_unit_dependency* dependency) {
    return get(dependency, &UnitDependency::unit);
}

const sandgraft_strings* sandgraft_unit_dependency_get_origins(const sandgraft_unit_dependency* dependency) {
    return get(dependency, &UnitDependency::origins);
}

const char* sandgraft_unit_job_get_unit(const sandgraft_unit_job* job) { return get(job, &UnitJob::unit); }

sandgraft_unit_job_type sandgraft_unit_job_get_type(const sandgraft_unit_job* job) { return get(job, &UnitJob::type); }

const char* sandgraft_unit_link_get_from(const sandgraft_unit_link* link) { return get(link, &UnitLink::from); }

const char* sandgraft_unit_link_get_kind(const sandgraft_unit_link* link) { return get(link, &UnitLink::kind); }

const char* sandgraft_unit_link_get_to(const sandgraft_unit_link* link) { return get(link, &UnitLink::to); }

const sandgraft_strings* sandgraft_unit_link_get_origins(const sandgraft_unit_link* link) {
    return get(link, &UnitLink::origins);
}

const char* sandgraft_unit_removal_get_refusal(const sandgraft_unit_removal* removal) {
    return get(removal, &UnitRemoval::refusal);
}

const sandgraft_strings* sandgraft_unit_removal_get_dropped(const sandgraft_unit_removal* removal) {
    return get(removal, &UnitRemoval::dropped);
}

sandgraft_unit_finding_kind sandgraft_unit_finding_get_kind(const sandgraft_unit_finding* finding) {
    return get(finding, &UnitFinding::kind);
}

sandgraft_unit_finding_severity sandgraft_unit_finding_get_severity(const sandgraft_unit_finding* finding) {
    return get(finding, &UnitFinding::severity);
}

const char* sandgraft_unit_finding_get_unit(const sandgraft_unit_finding* finding) {
    return get(finding, &UnitFinding::unit);
}

const char* sandgraft_unit_finding_get_message(const sandgraft_unit_finding* finding) {
    return get(finding, &UnitFinding::message);
}

sandgraft_unit_graph_options* sandgraft_unit_graph_options_new(sandgraft_error** error) {
    return make<UnitGraphOptions>(error);
}

sandgraft_unit_graph_options* sandgraft_unit_graph_options_copy(const sandgraft_unit_graph_options* options,
                                                                sandgraft_error** error) {
    return copy(options, error);
}

bool sandgraft_unit_graph_options_equal(const sandgraft_unit_graph_options* options,
                                        const sandgraft_unit_graph_options* other) {
    return equal(options, other);
}

void sandgraft_unit_graph_options_free(sandgraft_unit_graph_options* options) { release(options); }

bool sandgraft_unit_graph_options_get_requirements(const sandgraft_unit_graph_options* options) {
    return get(options, &UnitGraphOptions::requirements);
}

bool sandgraft_unit_graph_options_set_requirements(sandgraft_unit_graph_options* options, bool requirements,
                                                   sandgraft_error** error) {
    return set(options, &UnitGraphOptions::requirements, requirements, error);
}

bool sandgraft_unit_graph_options_get_ordering(const sandgraft_unit_graph_options* options) {
    return get(options, &UnitGraphOptions::ordering);
}

bool sandgraft_unit_graph_options_set_ordering(sandgraft_unit_graph_options* options, bool ordering,
                                               sandgraft_error** error) {
    return set(options, &UnitGraphOptions::ordering, ordering, error);
}

bool sandgraft_unit_graph_options_get_defaults(const sandgraft_unit_graph_options* options) {
    return get(options, &UnitGraphOptions::defaults);
}

bool sandgraft_unit_graph_options_set_defaults(sandgraft_unit_graph_options* options, bool defaults,
                                               sandgraft_error** error) {
    return set(options, &UnitGraphOptions::defaults, defaults, error);
}

const char* sandgraft_unit_job_type_to_string(sandgraft_unit_job_type type) { return word<UnitJob::Type>(type); }

const char* sandgraft_unit_finding_kind_to_string(sandgraft_unit_finding_kind kind) {
    return word<UnitFinding::Kind>(kind);
}

const char* sandgraft_unit_finding_severity_to_string(sandgraft_unit_finding_severity severity) {
    return word<UnitFinding::Severity>(severity);
}

void sandgraft_unit_removal_free(sandgraft_unit_removal* removal) { release(removal); }

void sandgraft_unit_closure_free(sandgraft_unit_closure* closure) { release(closure); }

const sandgraft_strings* sandgraft_unit_closure_get_goals(const sandgraft_unit_closure* closure) {
    return closure == nullptr ? nullptr : handle(&value(closure)->goals());
}

const sandgraft_unit_jobs* sandgraft_unit_closure_get_jobs(const sandgraft_unit_closure* closure) {
    return closure == nullptr ? nullptr : handle(&value(closure)->jobs());
}

const sandgraft_strings* sandgraft_unit_closure_get_notes(const sandgraft_unit_closure* closure) {
    return closure == nullptr ? nullptr : handle(&value(closure)->notes());
}

sandgraft_strings* sandgraft_unit_closure_units(const sandgraft_unit_closure* closure, sandgraft_error** error) {
    return guard(error, [&] { return give(the(closure).units()); });
}

sandgraft_unit_cycles* sandgraft_unit_closure_cycles(const sandgraft_unit_closure* closure, sandgraft_error** error) {
    return guard(error, [&] { return give(the(closure).cycles()); });
}

sandgraft_unit_dependencies* sandgraft_unit_closure_dependencies(const sandgraft_unit_closure* closure,
                                                                 const char* unit, sandgraft_error** error) {
    return guard(error, [&] { return give(the(closure).dependencies(text(unit))); });
}

sandgraft_unit_links* sandgraft_unit_closure_why(const sandgraft_unit_closure* closure, const char* unit,
                                                 sandgraft_error** error) {
    return guard(error, [&] { return give(the(closure).why(text(unit))); });
}

sandgraft_strings* sandgraft_unit_closure_brings_in(const sandgraft_unit_closure* closure, const char* unit,
                                                    sandgraft_error** error) {
    return guard(error, [&] { return give(the(closure).brings_in(text(unit))); });
}

sandgraft_unit_removal* sandgraft_unit_closure_without(const sandgraft_unit_closure* closure, const char* unit,
                                                       sandgraft_error** error) {
    return guard(error, [&] { return give(the(closure).without(text(unit))); });
}

char* sandgraft_unit_closure_to_dot(const sandgraft_unit_closure* closure, const sandgraft_unit_graph_options* options,
                                    sandgraft_error** error) {
    return guard(error, [&] { return give_text(the(closure).to_dot(or_default(options))); });
}
