// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_unit_source* sandgraft_unit_source_new(sandgraft_error** error) { return make<UnitSource>(error); }

sandgraft_unit_source* sandgraft_unit_source_copy(const sandgraft_unit_source* source, sandgraft_error** error) {
    return copy(source, error);
}

bool sandgraft_unit_source_equal(const sandgraft_unit_source* source, const sandgraft_unit_source* other) {
    return equal(source, other);
}

void sandgraft_unit_source_free(sandgraft_unit_source* source) { release(source); }

const char* sandgraft_unit_source_get_root(const sandgraft_unit_source* source) {
    return get(source, &UnitSource::root);
}

bool sandgraft_unit_source_set_root(sandgraft_unit_source* source, const char* root, sandgraft_error** error) {
    return set(source, &UnitSource::root, root, error);
}

const sandgraft_strings* sandgraft_unit_source_get_unit_path(const sandgraft_unit_source* source) {
    return get(source, &UnitSource::unit_path);
}

bool sandgraft_unit_source_set_unit_path(sandgraft_unit_source* source, const char* const* unit_path,
                                         sandgraft_error** error) {
    return set(source, &UnitSource::unit_path, unit_path, error);
}

bool sandgraft_unit_source_get_container(const sandgraft_unit_source* source) {
    return get(source, &UnitSource::container);
}

bool sandgraft_unit_source_set_container(sandgraft_unit_source* source, bool container, sandgraft_error** error) {
    return set(source, &UnitSource::container, container, error);
}

const char* sandgraft_unit_warning_get_file(const sandgraft_unit_warning* warning) {
    return get(warning, &UnitWarning::file);
}

unsigned sandgraft_unit_warning_get_line(const sandgraft_unit_warning* warning) {
    return get(warning, &UnitWarning::line);
}

const char* sandgraft_unit_warning_get_reason(const sandgraft_unit_warning* warning) {
    return get(warning, &UnitWarning::reason);
}

const char* sandgraft_unit_info_get_name(const sandgraft_unit_info* info) { return get(info, &UnitInfo::name); }

const sandgraft_strings* sandgraft_unit_info_get_aliases(const sandgraft_unit_info* info) {
    return get(info, &UnitInfo::aliases);
}

sandgraft_unit_state sandgraft_unit_info_get_state(const sandgraft_unit_info* info) {
    return get(info, &UnitInfo::state);
}

const char* sandgraft_unit_info_get_state_reason(const sandgraft_unit_info* info) {
    return get(info, &UnitInfo::state_reason);
}

const char* sandgraft_unit_info_get_fragment(const sandgraft_unit_info* info) { return get(info, &UnitInfo::fragment); }

const sandgraft_strings* sandgraft_unit_info_get_drop_ins(const sandgraft_unit_info* info) {
    return get(info, &UnitInfo::drop_ins);
}

const sandgraft_unit_warnings* sandgraft_unit_info_get_warnings(const sandgraft_unit_info* info) {
    return get(info, &UnitInfo::warnings);
}

sandgraft_service_spec* sandgraft_service_spec_new(sandgraft_error** error) { return make<ServiceSpec>(error); }

sandgraft_service_spec* sandgraft_service_spec_copy(const sandgraft_service_spec* service, sandgraft_error** error) {
    return copy(service, error);
}

bool sandgraft_service_spec_equal(const sandgraft_service_spec* service, const sandgraft_service_spec* other) {
    return equal(service, other);
}

void sandgraft_service_spec_free(sandgraft_service_spec* service) { release(service); }

const char* sandgraft_service_spec_get_name(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::name);
}

bool sandgraft_service_spec_set_name(sandgraft_service_spec* service, const char* name, sandgraft_error** error) {
    return set(service, &ServiceSpec::name, name, error);
}

const sandgraft_strings* sandgraft_service_spec_get_command(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::command);
}

bool sandgraft_service_spec_set_command(sandgraft_service_spec* service, const char* const* command,
                                        sandgraft_error** error) {
    return set(service, &ServiceSpec::command, command, error);
}

const char* sandgraft_service_spec_get_description(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::description);
}

bool sandgraft_service_spec_set_description(sandgraft_service_spec* service, const char* description,
                                            sandgraft_error** error) {
    return set(service, &ServiceSpec::description, description, error);
}

const sandgraft_strings* sandgraft_service_spec_get_environment(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::environment);
}

bool sandgraft_service_spec_set_environment(sandgraft_service_spec* service, const char* const* environment,
                                            sandgraft_error** error) {
    return set(service, &ServiceSpec::environment, environment, error);
}

const char* sandgraft_service_spec_get_user(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::user);
}

bool sandgraft_service_spec_set_user(sandgraft_service_spec* service, const char* user, sandgraft_error** error) {
    return set(service, &ServiceSpec::user, user, error);
}

const char* sandgraft_service_spec_get_working_directory(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::working_directory);
}

bool sandgraft_service_spec_set_working_directory(sandgraft_service_spec* service, const char* working_directory,
                                                  sandgraft_error** error) {
    return set(service, &ServiceSpec::working_directory, working_directory, error);
}

const char* sandgraft_service_spec_get_type(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::type);
}

bool sandgraft_service_spec_set_type(sandgraft_service_spec* service, const char* type, sandgraft_error** error) {
    return set(service, &ServiceSpec::type, type, error);
}

bool sandgraft_service_spec_get_default_dependencies(const sandgraft_service_spec* service) {
    return get(service, &ServiceSpec::default_dependencies);
}

bool sandgraft_service_spec_set_default_dependencies(sandgraft_service_spec* service, bool default_dependencies,
                                                     sandgraft_error** error) {
    return set(service, &ServiceSpec::default_dependencies, default_dependencies, error);
}

sandgraft_strings* sandgraft_parse_unit_path(const char* given, sandgraft_error** error) {
    return guard(error, [&] { return give(parse_unit_path(text(given))); });
}

const char* sandgraft_unit_state_to_string(sandgraft_unit_state state) { return word<UnitState>(state); }

void sandgraft_unit_info_free(sandgraft_unit_info* info) { release(info); }

char* sandgraft_service_spec_to_unit_file(const sandgraft_service_spec* service, sandgraft_error** error) {
    return guard(error, [&] { return give_text(to_unit_file(the(service))); });
}

sandgraft_unit_set* sandgraft_unit_set_new(const sandgraft_unit_source* source, sandgraft_error** error) {
    return guard(error, [&] { return give(UnitSet(or_default(source))); });
}

sandgraft_unit_set* sandgraft_unit_set_copy(const sandgraft_unit_set* set, sandgraft_error** error) {
    return copy(set, error);
}

void sandgraft_unit_set_free(sandgraft_unit_set* set) { release(set); }

const sandgraft_unit_source* sandgraft_unit_set_get_source(const sandgraft_unit_set* set) {
    return set == nullptr ? nullptr : handle(&value(set)->source());
}

sandgraft_unit_infos* sandgraft_unit_set_list(const sandgraft_unit_set* set, sandgraft_error** error) {
    return guard(error, [&] { return give(the(set).list()); });
}

sandgraft_unit_info* sandgraft_unit_set_info(const sandgraft_unit_set* set, const char* name, sandgraft_error** error) {
    return guard(error, [&] { return give(the(set).info(text(name))); });
}

sandgraft_unit_warnings* sandgraft_unit_set_warnings(const sandgraft_unit_set* set, sandgraft_error** error) {
    return guard(error, [&] { return give(the(set).warnings()); });
}

char* sandgraft_unit_set_cat(const sandgraft_unit_set* set, const char* name, sandgraft_error** error) {
    return guard(error, [&] { return give_text(the(set).cat(text(name))); });
}

bool sandgraft_unit_set_add(sandgraft_unit_set* set, const char* name, const char* content, sandgraft_error** error) {
    return guard_void(error, [&] { the(set).add(text(name), text(content)); });
}

bool sandgraft_unit_set_add_service(sandgraft_unit_set* set, const sandgraft_service_spec* service,
                                    sandgraft_error** error) {
    return guard_void(error, [&] { the(set).add(the(service)); });
}

bool sandgraft_unit_set_replace(sandgraft_unit_set* set, const char* name, const char* content,
                                sandgraft_error** error) {
    return guard_void(error, [&] { the(set).replace(text(name), text(content)); });
}

bool sandgraft_unit_set_add_drop_in(sandgraft_unit_set* set, const char* unit, const char* file, const char* content,
                                    sandgraft_error** error) {
    return guard_void(error, [&] { the(set).add_drop_in(text(unit), text(file), text(content)); });
}

bool sandgraft_unit_set_want(sandgraft_unit_set* set, const char* wanting, const char* wanted,
                             sandgraft_error** error) {
    return guard_void(error, [&] { the(set).want(text(wanting), text(wanted)); });
}

bool sandgraft_unit_set_require(sandgraft_unit_set* set, const char* requiring, const char* required,
                                sandgraft_error** error) {
    return guard_void(error, [&] { the(set).require(text(requiring), text(required)); });
}

bool sandgraft_unit_set_mask(sandgraft_unit_set* set, const char* name, sandgraft_error** error) {
    return guard_void(error, [&] { the(set).mask(text(name)); });
}

bool sandgraft_unit_set_remove(sandgraft_unit_set* set, const char* name, sandgraft_error** error) {
    return guard_void(error, [&] { the(set).remove(text(name)); });
}

sandgraft_unit_closure* sandgraft_unit_set_closure(const sandgraft_unit_set* set, const char* const* goals,
                                                   sandgraft_error** error) {
    return guard(error, [&] { return give(the(set).closure(texts(goals))); });
}

sandgraft_unit_findings* sandgraft_unit_set_verify(const sandgraft_unit_set* set, const char* const* goals,
                                                   sandgraft_error** error) {
    return guard(error, [&] { return give(the(set).verify(texts(goals))); });
}

sandgraft_unit_tree* sandgraft_unit_set_tree(const sandgraft_unit_set* set, sandgraft_unit_profile profile,
                                             const char* const* goals, sandgraft_error** error) {
    return guard(error, [&] { return give(the(set).tree(enumerator<UnitProfile>(profile), texts(goals))); });
}

bool sandgraft_unit_set_write_tree(const sandgraft_unit_set* set, const char* directory, sandgraft_unit_profile profile,
                                   const char* const* goals, sandgraft_error** error) {
    return guard_void(error,
                      [&] { the(set).write_tree(text(directory), enumerator<UnitProfile>(profile), texts(goals)); });
}
