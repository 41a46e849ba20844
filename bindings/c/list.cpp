// SPDX-License-Identifier: LGPL-2.1-or-later
// The lists of all objects: one group of functions each.
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

size_t sandgraft_strings_count(const sandgraft_strings* list) { return count(list); }

const char* sandgraft_strings_get(const sandgraft_strings* list, size_t index) { return element(list, index); }

void sandgraft_strings_free(sandgraft_strings* list) { release(list); }

sandgraft_mounts* sandgraft_mounts_new(sandgraft_error** error) { return make<std::vector<Mount>>(error); }

bool sandgraft_mounts_append(sandgraft_mounts* list, const sandgraft_mount* mount, sandgraft_error** error) {
    return append(list, mount, error);
}

size_t sandgraft_mounts_count(const sandgraft_mounts* list) { return count(list); }

const sandgraft_mount* sandgraft_mounts_get(const sandgraft_mounts* list, size_t index) { return element(list, index); }

void sandgraft_mounts_free(sandgraft_mounts* list) { release(list); }

sandgraft_limits* sandgraft_limits_new(sandgraft_error** error) { return make<std::vector<Limit>>(error); }

bool sandgraft_limits_append(sandgraft_limits* list, const sandgraft_limit* limit, sandgraft_error** error) {
    return append(list, limit, error);
}

size_t sandgraft_limits_count(const sandgraft_limits* list) { return count(list); }

const sandgraft_limit* sandgraft_limits_get(const sandgraft_limits* list, size_t index) { return element(list, index); }

void sandgraft_limits_free(sandgraft_limits* list) { release(list); }

sandgraft_unit_edits* sandgraft_unit_edits_new(sandgraft_error** error) { return make<std::vector<UnitEdit>>(error); }

bool sandgraft_unit_edits_append(sandgraft_unit_edits* list, const sandgraft_unit_edit* edit, sandgraft_error** error) {
    return append(list, edit, error);
}

size_t sandgraft_unit_edits_count(const sandgraft_unit_edits* list) { return count(list); }

const sandgraft_unit_edit* sandgraft_unit_edits_get(const sandgraft_unit_edits* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_edits_free(sandgraft_unit_edits* list) { release(list); }

size_t sandgraft_unit_warnings_count(const sandgraft_unit_warnings* list) { return count(list); }

const sandgraft_unit_warning* sandgraft_unit_warnings_get(const sandgraft_unit_warnings* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_warnings_free(sandgraft_unit_warnings* list) { release(list); }

size_t sandgraft_unit_infos_count(const sandgraft_unit_infos* list) { return count(list); }

const sandgraft_unit_info* sandgraft_unit_infos_get(const sandgraft_unit_infos* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_infos_free(sandgraft_unit_infos* list) { release(list); }

sandgraft_unit_tree_entries* sandgraft_unit_tree_entries_new(sandgraft_error** error) {
    return make<std::vector<UnitTree::Entry>>(error);
}

bool sandgraft_unit_tree_entries_append(sandgraft_unit_tree_entries* list, const sandgraft_unit_tree_entry* entry,
                                        sandgraft_error** error) {
    return append(list, entry, error);
}

size_t sandgraft_unit_tree_entries_count(const sandgraft_unit_tree_entries* list) { return count(list); }

const sandgraft_unit_tree_entry* sandgraft_unit_tree_entries_get(const sandgraft_unit_tree_entries* list,
                                                                 size_t index) {
    return element(list, index);
}

void sandgraft_unit_tree_entries_free(sandgraft_unit_tree_entries* list) { release(list); }

size_t sandgraft_unit_changes_count(const sandgraft_unit_changes* list) { return count(list); }

const sandgraft_unit_change* sandgraft_unit_changes_get(const sandgraft_unit_changes* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_changes_free(sandgraft_unit_changes* list) { release(list); }

size_t sandgraft_unit_dependencies_count(const sandgraft_unit_dependencies* list) { return count(list); }

const sandgraft_unit_dependency* sandgraft_unit_dependencies_get(const sandgraft_unit_dependencies* list,
                                                                 size_t index) {
    return element(list, index);
}

void sandgraft_unit_dependencies_free(sandgraft_unit_dependencies* list) { release(list); }

size_t sandgraft_unit_jobs_count(const sandgraft_unit_jobs* list) { return count(list); }

const sandgraft_unit_job* sandgraft_unit_jobs_get(const sandgraft_unit_jobs* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_jobs_free(sandgraft_unit_jobs* list) { release(list); }

size_t sandgraft_unit_links_count(const sandgraft_unit_links* list) { return count(list); }

const sandgraft_unit_link* sandgraft_unit_links_get(const sandgraft_unit_links* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_links_free(sandgraft_unit_links* list) { release(list); }

size_t sandgraft_unit_findings_count(const sandgraft_unit_findings* list) { return count(list); }

const sandgraft_unit_finding* sandgraft_unit_findings_get(const sandgraft_unit_findings* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_findings_free(sandgraft_unit_findings* list) { release(list); }

size_t sandgraft_unit_cycles_count(const sandgraft_unit_cycles* list) { return count(list); }

const sandgraft_strings* sandgraft_unit_cycles_get(const sandgraft_unit_cycles* list, size_t index) {
    return element(list, index);
}

void sandgraft_unit_cycles_free(sandgraft_unit_cycles* list) { release(list); }

size_t sandgraft_sandbox_infos_count(const sandgraft_sandbox_infos* list) { return count(list); }

const sandgraft_sandbox_info* sandgraft_sandbox_infos_get(const sandgraft_sandbox_infos* list, size_t index) {
    return element(list, index);
}

void sandgraft_sandbox_infos_free(sandgraft_sandbox_infos* list) { release(list); }

sandgraft_published_ports* sandgraft_published_ports_new(sandgraft_error** error) {
    return make<std::vector<PublishedPort>>(error);
}

bool sandgraft_published_ports_append(sandgraft_published_ports* list, const sandgraft_published_port* port,
                                      sandgraft_error** error) {
    return append(list, port, error);
}

size_t sandgraft_published_ports_count(const sandgraft_published_ports* list) { return count(list); }

const sandgraft_published_port* sandgraft_published_ports_get(const sandgraft_published_ports* list, size_t index) {
    return element(list, index);
}

void sandgraft_published_ports_free(sandgraft_published_ports* list) { release(list); }
