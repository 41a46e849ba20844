/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Part of sandgraft.h: systemd units as data. */
#ifndef SANDGRAFT_C_UNITS_H
#define SANDGRAFT_C_UNITS_H

#include "model.h"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/** Where units come from. */
typedef struct sandgraft_unit_source sandgraft_unit_source;

sandgraft_unit_source* sandgraft_unit_source_new(sandgraft_error** error);
sandgraft_unit_source* sandgraft_unit_source_copy(const sandgraft_unit_source* source, sandgraft_error** error);
bool sandgraft_unit_source_equal(const sandgraft_unit_source* source, const sandgraft_unit_source* other);
void sandgraft_unit_source_free(sandgraft_unit_source* source);
const char* sandgraft_unit_source_get_root(const sandgraft_unit_source* source);
bool sandgraft_unit_source_set_root(sandgraft_unit_source* source, const char* root, sandgraft_error** error);
const sandgraft_strings* sandgraft_unit_source_get_unit_path(const sandgraft_unit_source* source);
bool sandgraft_unit_source_set_unit_path(sandgraft_unit_source* source, const char* const* unit_path,
                                         sandgraft_error** error);
bool sandgraft_unit_source_get_container(const sandgraft_unit_source* source);
bool sandgraft_unit_source_set_container(sandgraft_unit_source* source, bool container, sandgraft_error** error);

/** The directories of a list as in SYSTEMD_UNIT_PATH. */
sandgraft_strings* sandgraft_parse_unit_path(const char* value, sandgraft_error** error);

/** What became of loading a unit. */
typedef int sandgraft_unit_state;
enum {
    SANDGRAFT_UNIT_STATE_LOADED = 0,
    SANDGRAFT_UNIT_STATE_NOT_FOUND = 1,
    SANDGRAFT_UNIT_STATE_BAD_SETTING = 2,
    SANDGRAFT_UNIT_STATE_ERROR = 3,
    SANDGRAFT_UNIT_STATE_MASKED = 4
};

/** systemd's word for it, such as "not-found". */
const char* sandgraft_unit_state_to_string(sandgraft_unit_state state);

/** What systemd warns about and ignores. */
typedef struct sandgraft_unit_warning sandgraft_unit_warning;
typedef struct sandgraft_unit_warnings sandgraft_unit_warnings;

size_t sandgraft_unit_warnings_count(const sandgraft_unit_warnings* list);
const sandgraft_unit_warning* sandgraft_unit_warnings_get(const sandgraft_unit_warnings* list, size_t index);
void sandgraft_unit_warnings_free(sandgraft_unit_warnings* list);

const char* sandgraft_unit_warning_get_file(const sandgraft_unit_warning* warning);
/** 0: the file as a whole. */
unsigned sandgraft_unit_warning_get_line(const sandgraft_unit_warning* warning);
const char* sandgraft_unit_warning_get_reason(const sandgraft_unit_warning* warning);

/** A unit as it is loaded. */
typedef struct sandgraft_unit_info sandgraft_unit_info;
typedef struct sandgraft_unit_infos sandgraft_unit_infos;

size_t sandgraft_unit_infos_count(const sandgraft_unit_infos* list);
const sandgraft_unit_info* sandgraft_unit_infos_get(const sandgraft_unit_infos* list, size_t index);
void sandgraft_unit_infos_free(sandgraft_unit_infos* list);

const char* sandgraft_unit_info_get_name(const sandgraft_unit_info* info);
const sandgraft_strings* sandgraft_unit_info_get_aliases(const sandgraft_unit_info* info);
sandgraft_unit_state sandgraft_unit_info_get_state(const sandgraft_unit_info* info);
const char* sandgraft_unit_info_get_state_reason(const sandgraft_unit_info* info);
const char* sandgraft_unit_info_get_fragment(const sandgraft_unit_info* info);
const sandgraft_strings* sandgraft_unit_info_get_drop_ins(const sandgraft_unit_info* info);
const sandgraft_unit_warnings* sandgraft_unit_info_get_warnings(const sandgraft_unit_info* info);
void sandgraft_unit_info_free(sandgraft_unit_info* info);

/** A service made from a command line. */
typedef struct sandgraft_service_spec sandgraft_service_spec;

sandgraft_service_spec* sandgraft_service_spec_new(sandgraft_error** error);
sandgraft_service_spec* sandgraft_service_spec_copy(const sandgraft_service_spec* service, sandgraft_error** error);
bool sandgraft_service_spec_equal(const sandgraft_service_spec* service, const sandgraft_service_spec* other);
void sandgraft_service_spec_free(sandgraft_service_spec* service);
const char* sandgraft_service_spec_get_name(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_name(sandgraft_service_spec* service, const char* name, sandgraft_error** error);
const sandgraft_strings* sandgraft_service_spec_get_command(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_command(sandgraft_service_spec* service, const char* const* command,
                                        sandgraft_error** error);
const char* sandgraft_service_spec_get_description(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_description(sandgraft_service_spec* service, const char* description,
                                            sandgraft_error** error);
/** "NAME=value" each. */
const sandgraft_strings* sandgraft_service_spec_get_environment(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_environment(sandgraft_service_spec* service, const char* const* environment,
                                            sandgraft_error** error);
const char* sandgraft_service_spec_get_user(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_user(sandgraft_service_spec* service, const char* user, sandgraft_error** error);
const char* sandgraft_service_spec_get_working_directory(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_working_directory(sandgraft_service_spec* service, const char* working_directory,
                                                  sandgraft_error** error);
const char* sandgraft_service_spec_get_type(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_type(sandgraft_service_spec* service, const char* type, sandgraft_error** error);
bool sandgraft_service_spec_get_default_dependencies(const sandgraft_service_spec* service);
bool sandgraft_service_spec_set_default_dependencies(sandgraft_service_spec* service, bool default_dependencies,
                                                     sandgraft_error** error);

/** The unit file of such a service. */
char* sandgraft_service_spec_to_unit_file(const sandgraft_service_spec* service, sandgraft_error** error);

/** Units as files and links, to be written to a directory. */
typedef struct sandgraft_unit_tree sandgraft_unit_tree;
typedef struct sandgraft_unit_tree_entry sandgraft_unit_tree_entry;
typedef struct sandgraft_unit_tree_entries sandgraft_unit_tree_entries;

sandgraft_unit_tree_entries* sandgraft_unit_tree_entries_new(sandgraft_error** error);
bool sandgraft_unit_tree_entries_append(sandgraft_unit_tree_entries* list, const sandgraft_unit_tree_entry* entry,
                                        sandgraft_error** error);
size_t sandgraft_unit_tree_entries_count(const sandgraft_unit_tree_entries* list);
const sandgraft_unit_tree_entry* sandgraft_unit_tree_entries_get(const sandgraft_unit_tree_entries* list, size_t index);
void sandgraft_unit_tree_entries_free(sandgraft_unit_tree_entries* list);

sandgraft_unit_tree_entry* sandgraft_unit_tree_entry_new(sandgraft_error** error);
sandgraft_unit_tree_entry* sandgraft_unit_tree_entry_copy(const sandgraft_unit_tree_entry* entry,
                                                          sandgraft_error** error);
bool sandgraft_unit_tree_entry_equal(const sandgraft_unit_tree_entry* entry, const sandgraft_unit_tree_entry* other);
void sandgraft_unit_tree_entry_free(sandgraft_unit_tree_entry* entry);
const char* sandgraft_unit_tree_entry_get_path(const sandgraft_unit_tree_entry* entry);
bool sandgraft_unit_tree_entry_set_path(sandgraft_unit_tree_entry* entry, const char* path, sandgraft_error** error);
bool sandgraft_unit_tree_entry_get_link(const sandgraft_unit_tree_entry* entry);
bool sandgraft_unit_tree_entry_set_link(sandgraft_unit_tree_entry* entry, bool link, sandgraft_error** error);
const char* sandgraft_unit_tree_entry_get_content(const sandgraft_unit_tree_entry* entry);
bool sandgraft_unit_tree_entry_set_content(sandgraft_unit_tree_entry* entry, const char* content,
                                           sandgraft_error** error);

sandgraft_unit_tree* sandgraft_unit_tree_new(sandgraft_error** error);
sandgraft_unit_tree* sandgraft_unit_tree_copy(const sandgraft_unit_tree* tree, sandgraft_error** error);
bool sandgraft_unit_tree_equal(const sandgraft_unit_tree* tree, const sandgraft_unit_tree* other);
void sandgraft_unit_tree_free(sandgraft_unit_tree* tree);
const sandgraft_unit_tree_entries* sandgraft_unit_tree_get_entries(const sandgraft_unit_tree* tree);
bool sandgraft_unit_tree_set_entries(sandgraft_unit_tree* tree, const sandgraft_unit_tree_entries* entries,
                                     sandgraft_error** error);
bool sandgraft_unit_tree_get_alone(const sandgraft_unit_tree* tree);
bool sandgraft_unit_tree_set_alone(sandgraft_unit_tree* tree, bool alone, sandgraft_error** error);

/** SYSTEMD_UNIT_PATH for the tree in that directory. */
char* sandgraft_unit_tree_unit_path(const sandgraft_unit_tree* tree, const char* directory, sandgraft_error** error);

/** Writes the tree as a new directory, all or nothing. */
bool sandgraft_unit_tree_write(const sandgraft_unit_tree* tree, const char* directory, sandgraft_error** error);

typedef int sandgraft_unit_change_kind;
enum {
    SANDGRAFT_UNIT_CHANGE_KIND_ADDED = 0,
    SANDGRAFT_UNIT_CHANGE_KIND_REMOVED = 1,
    SANDGRAFT_UNIT_CHANGE_KIND_CHANGED = 2
};

/** One difference between two trees. */
typedef struct sandgraft_unit_change sandgraft_unit_change;
typedef struct sandgraft_unit_changes sandgraft_unit_changes;

size_t sandgraft_unit_changes_count(const sandgraft_unit_changes* list);
const sandgraft_unit_change* sandgraft_unit_changes_get(const sandgraft_unit_changes* list, size_t index);
void sandgraft_unit_changes_free(sandgraft_unit_changes* list);

sandgraft_unit_change_kind sandgraft_unit_change_get_kind(const sandgraft_unit_change* change);
const char* sandgraft_unit_change_get_path(const sandgraft_unit_change* change);
const char* sandgraft_unit_change_get_before(const sandgraft_unit_change* change);
const char* sandgraft_unit_change_get_after(const sandgraft_unit_change* change);

/** What turns one tree into the other. */
sandgraft_unit_changes* sandgraft_unit_tree_diff(const sandgraft_unit_tree* before, const sandgraft_unit_tree* after,
                                                 sandgraft_error** error);

/* What systemd would start. */

/** A dependency as one of its units sees it. */
typedef struct sandgraft_unit_dependency sandgraft_unit_dependency;
typedef struct sandgraft_unit_dependencies sandgraft_unit_dependencies;

size_t sandgraft_unit_dependencies_count(const sandgraft_unit_dependencies* list);
const sandgraft_unit_dependency* sandgraft_unit_dependencies_get(const sandgraft_unit_dependencies* list, size_t index);
void sandgraft_unit_dependencies_free(sandgraft_unit_dependencies* list);

const char* sandgraft_unit_dependency_get_kind(const sandgraft_unit_dependency* dependency);
const char* sandgraft_unit_dependency_get_unit(const sandgraft_unit_dependency* dependency);
const sandgraft_strings* sandgraft_unit_dependency_get_origins(const sandgraft_unit_dependency* dependency);

typedef int sandgraft_unit_job_type;
enum { SANDGRAFT_UNIT_JOB_TYPE_START = 0, SANDGRAFT_UNIT_JOB_TYPE_VERIFY_ACTIVE = 1, SANDGRAFT_UNIT_JOB_TYPE_STOP = 2 };
const char* sandgraft_unit_job_type_to_string(sandgraft_unit_job_type type);

/** What systemd queues for a unit. */
typedef struct sandgraft_unit_job sandgraft_unit_job;
typedef struct sandgraft_unit_jobs sandgraft_unit_jobs;

size_t sandgraft_unit_jobs_count(const sandgraft_unit_jobs* list);
const sandgraft_unit_job* sandgraft_unit_jobs_get(const sandgraft_unit_jobs* list, size_t index);
void sandgraft_unit_jobs_free(sandgraft_unit_jobs* list);

const char* sandgraft_unit_job_get_unit(const sandgraft_unit_job* job);
sandgraft_unit_job_type sandgraft_unit_job_get_type(const sandgraft_unit_job* job);

/** One step of a chain of dependencies. */
typedef struct sandgraft_unit_link sandgraft_unit_link;
typedef struct sandgraft_unit_links sandgraft_unit_links;

size_t sandgraft_unit_links_count(const sandgraft_unit_links* list);
const sandgraft_unit_link* sandgraft_unit_links_get(const sandgraft_unit_links* list, size_t index);
void sandgraft_unit_links_free(sandgraft_unit_links* list);

const char* sandgraft_unit_link_get_from(const sandgraft_unit_link* link);
const char* sandgraft_unit_link_get_kind(const sandgraft_unit_link* link);
const char* sandgraft_unit_link_get_to(const sandgraft_unit_link* link);
const sandgraft_strings* sandgraft_unit_link_get_origins(const sandgraft_unit_link* link);

/** What taking a unit away means. */
typedef struct sandgraft_unit_removal sandgraft_unit_removal;

const char* sandgraft_unit_removal_get_refusal(const sandgraft_unit_removal* removal);
const sandgraft_strings* sandgraft_unit_removal_get_dropped(const sandgraft_unit_removal* removal);
void sandgraft_unit_removal_free(sandgraft_unit_removal* removal);

typedef int sandgraft_unit_finding_kind;
enum {
    SANDGRAFT_UNIT_FINDING_KIND_MISSING_UNIT = 0,
    SANDGRAFT_UNIT_FINDING_KIND_MISSING_EXECUTABLE = 1,
    SANDGRAFT_UNIT_FINDING_KIND_CYCLE = 2,
    SANDGRAFT_UNIT_FINDING_KIND_CONFLICT = 3,
    SANDGRAFT_UNIT_FINDING_KIND_CONDITION = 4,
    SANDGRAFT_UNIT_FINDING_KIND_SETTING = 5,
    SANDGRAFT_UNIT_FINDING_KIND_REFUSED = 6
};
const char* sandgraft_unit_finding_kind_to_string(sandgraft_unit_finding_kind kind);

typedef int sandgraft_unit_finding_severity;
enum {
    SANDGRAFT_UNIT_FINDING_SEVERITY_NOTE = 0,
    SANDGRAFT_UNIT_FINDING_SEVERITY_WARNING = 1,
    SANDGRAFT_UNIT_FINDING_SEVERITY_ERROR = 2
};
const char* sandgraft_unit_finding_severity_to_string(sandgraft_unit_finding_severity severity);

/** Something that will not work, or not as written. */
typedef struct sandgraft_unit_finding sandgraft_unit_finding;
typedef struct sandgraft_unit_findings sandgraft_unit_findings;

size_t sandgraft_unit_findings_count(const sandgraft_unit_findings* list);
const sandgraft_unit_finding* sandgraft_unit_findings_get(const sandgraft_unit_findings* list, size_t index);
void sandgraft_unit_findings_free(sandgraft_unit_findings* list);

sandgraft_unit_finding_kind sandgraft_unit_finding_get_kind(const sandgraft_unit_finding* finding);
sandgraft_unit_finding_severity sandgraft_unit_finding_get_severity(const sandgraft_unit_finding* finding);
const char* sandgraft_unit_finding_get_unit(const sandgraft_unit_finding* finding);
const char* sandgraft_unit_finding_get_message(const sandgraft_unit_finding* finding);

/** What a drawing shows. */
typedef struct sandgraft_unit_graph_options sandgraft_unit_graph_options;

sandgraft_unit_graph_options* sandgraft_unit_graph_options_new(sandgraft_error** error);
sandgraft_unit_graph_options* sandgraft_unit_graph_options_copy(const sandgraft_unit_graph_options* options,
                                                                sandgraft_error** error);
bool sandgraft_unit_graph_options_equal(const sandgraft_unit_graph_options* options,
                                        const sandgraft_unit_graph_options* other);
void sandgraft_unit_graph_options_free(sandgraft_unit_graph_options* options);
bool sandgraft_unit_graph_options_get_requirements(const sandgraft_unit_graph_options* options);
bool sandgraft_unit_graph_options_set_requirements(sandgraft_unit_graph_options* options, bool requirements,
                                                   sandgraft_error** error);
bool sandgraft_unit_graph_options_get_ordering(const sandgraft_unit_graph_options* options);
bool sandgraft_unit_graph_options_set_ordering(sandgraft_unit_graph_options* options, bool ordering,
                                               sandgraft_error** error);
bool sandgraft_unit_graph_options_get_defaults(const sandgraft_unit_graph_options* options);
bool sandgraft_unit_graph_options_set_defaults(sandgraft_unit_graph_options* options, bool defaults,
                                               sandgraft_error** error);

/** Units that wait for each other: lists of their names. */
typedef struct sandgraft_unit_cycles sandgraft_unit_cycles;

size_t sandgraft_unit_cycles_count(const sandgraft_unit_cycles* list);
const sandgraft_strings* sandgraft_unit_cycles_get(const sandgraft_unit_cycles* list, size_t index);
void sandgraft_unit_cycles_free(sandgraft_unit_cycles* list);

/** What systemd would start for some goals on a fresh boot, and why. */
typedef struct sandgraft_unit_closure sandgraft_unit_closure;

void sandgraft_unit_closure_free(sandgraft_unit_closure* closure);
const sandgraft_strings* sandgraft_unit_closure_get_goals(const sandgraft_unit_closure* closure);
const sandgraft_unit_jobs* sandgraft_unit_closure_get_jobs(const sandgraft_unit_closure* closure);
const sandgraft_strings* sandgraft_unit_closure_get_notes(const sandgraft_unit_closure* closure);
sandgraft_strings* sandgraft_unit_closure_units(const sandgraft_unit_closure* closure, sandgraft_error** error);
sandgraft_unit_cycles* sandgraft_unit_closure_cycles(const sandgraft_unit_closure* closure, sandgraft_error** error);
sandgraft_unit_dependencies* sandgraft_unit_closure_dependencies(const sandgraft_unit_closure* closure,
                                                                 const char* unit, sandgraft_error** error);
sandgraft_unit_links* sandgraft_unit_closure_why(const sandgraft_unit_closure* closure, const char* unit,
                                                 sandgraft_error** error);
sandgraft_strings* sandgraft_unit_closure_brings_in(const sandgraft_unit_closure* closure, const char* unit,
                                                    sandgraft_error** error);
sandgraft_unit_removal* sandgraft_unit_closure_without(const sandgraft_unit_closure* closure, const char* unit,
                                                       sandgraft_error** error);
char* sandgraft_unit_closure_to_dot(const sandgraft_unit_closure* closure, const sandgraft_unit_graph_options* options,
                                    sandgraft_error** error);

/** systemd units as data. */
typedef struct sandgraft_unit_set sandgraft_unit_set;

sandgraft_unit_set* sandgraft_unit_set_new(const sandgraft_unit_source* source, sandgraft_error** error);
sandgraft_unit_set* sandgraft_unit_set_copy(const sandgraft_unit_set* set, sandgraft_error** error);
void sandgraft_unit_set_free(sandgraft_unit_set* set);
const sandgraft_unit_source* sandgraft_unit_set_get_source(const sandgraft_unit_set* set);
sandgraft_unit_infos* sandgraft_unit_set_list(const sandgraft_unit_set* set, sandgraft_error** error);
sandgraft_unit_info* sandgraft_unit_set_info(const sandgraft_unit_set* set, const char* name, sandgraft_error** error);
sandgraft_unit_warnings* sandgraft_unit_set_warnings(const sandgraft_unit_set* set, sandgraft_error** error);
char* sandgraft_unit_set_cat(const sandgraft_unit_set* set, const char* name, sandgraft_error** error);

bool sandgraft_unit_set_add(sandgraft_unit_set* set, const char* name, const char* text, sandgraft_error** error);
bool sandgraft_unit_set_add_service(sandgraft_unit_set* set, const sandgraft_service_spec* service,
                                    sandgraft_error** error);
bool sandgraft_unit_set_replace(sandgraft_unit_set* set, const char* name, const char* text, sandgraft_error** error);
bool sandgraft_unit_set_add_drop_in(sandgraft_unit_set* set, const char* unit, const char* file, const char* text,
                                    sandgraft_error** error);
bool sandgraft_unit_set_want(sandgraft_unit_set* set, const char* wanting, const char* wanted, sandgraft_error** error);
bool sandgraft_unit_set_require(sandgraft_unit_set* set, const char* requiring, const char* required,
                                sandgraft_error** error);
bool sandgraft_unit_set_mask(sandgraft_unit_set* set, const char* name, sandgraft_error** error);
bool sandgraft_unit_set_remove(sandgraft_unit_set* set, const char* name, sandgraft_error** error);

sandgraft_unit_closure* sandgraft_unit_set_closure(const sandgraft_unit_set* set, const char* const* goals,
                                                   sandgraft_error** error);
sandgraft_unit_findings* sandgraft_unit_set_verify(const sandgraft_unit_set* set, const char* const* goals,
                                                   sandgraft_error** error);
sandgraft_unit_tree* sandgraft_unit_set_tree(const sandgraft_unit_set* set, sandgraft_unit_profile profile,
                                             const char* const* goals, sandgraft_error** error);
bool sandgraft_unit_set_write_tree(const sandgraft_unit_set* set, const char* directory, sandgraft_unit_profile profile,
                                   const char* const* goals, sandgraft_error** error);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
