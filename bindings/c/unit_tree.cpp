// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_unit_tree_entry* sandgraft_unit_tree_entry_new(sandgraft_error** error) {
    return make<UnitTree::Entry>(error);
}

sandgraft_unit_tree_entry* sandgraft_unit_tree_entry_copy(const sandgraft_unit_tree_entry* entry,
                                                          sandgraft_error** error) {
    return copy(entry, error);
}

bool sandgraft_unit_tree_entry_equal(const sandgraft_unit_tree_entry* entry, const sandgraft_unit_tree_entry* other) {
    return equal(entry, other);
}

void sandgraft_unit_tree_entry_free(sandgraft_unit_tree_entry* entry) { release(entry); }

const char* sandgraft_unit_tree_entry_get_path(const sandgraft_unit_tree_entry* entry) {
    return get(entry, &UnitTree::Entry::path);
}

bool sandgraft_unit_tree_entry_set_path(sandgraft_unit_tree_entry* entry, const char* path, sandgraft_error** error) {
    return set(entry, &UnitTree::Entry::path, path, error);
}

bool sandgraft_unit_tree_entry_get_link(const sandgraft_unit_tree_entry* entry) {
    return get(entry, &UnitTree::Entry::link);
}

bool sandgraft_unit_tree_entry_set_link(sandgraft_unit_tree_entry* entry, bool link, sandgraft_error** error) {
    return set(entry, &UnitTree::Entry::link, link, error);
}

const char* sandgraft_unit_tree_entry_get_content(const sandgraft_unit_tree_entry* entry) {
    return get(entry, &UnitTree::Entry::content);
}

bool sandgraft_unit_tree_entry_set_content(sandgraft_unit_tree_entry* entry, const char* content,
                                           sandgraft_error** error) {
    return set(entry, &UnitTree::Entry::content, content, error);
}

sandgraft_unit_tree* sandgraft_unit_tree_new(sandgraft_error** error) { return make<UnitTree>(error); }

sandgraft_unit_tree* sandgraft_unit_tree_copy(const sandgraft_unit_tree* tree, sandgraft_error** error) {
    return copy(tree, error);
}

bool sandgraft_unit_tree_equal(const sandgraft_unit_tree* tree, const sandgraft_unit_tree* other) {
    return equal(tree, other);
}

void sandgraft_unit_tree_free(sandgraft_unit_tree* tree) { release(tree); }

const sandgraft_unit_tree_entries* sandgraft_unit_tree_get_entries(const sandgraft_unit_tree* tree) {
    return get(tree, &UnitTree::entries);
}

bool sandgraft_unit_tree_set_entries(sandgraft_unit_tree* tree, const sandgraft_unit_tree_entries* entries,
                                     sandgraft_error** error) {
    return set(tree, &UnitTree::entries, entries, error);
}

bool sandgraft_unit_tree_get_alone(const sandgraft_unit_tree* tree) { return get(tree, &UnitTree::alone); }

bool sandgraft_unit_tree_set_alone(sandgraft_unit_tree* tree, bool alone, sandgraft_error** error) {
    return set(tree, &UnitTree::alone, alone, error);
}

sandgraft_unit_change_kind sandgraft_unit_change_get_kind(const sandgraft_unit_change* change) {
    return get(change, &UnitChange::kind);
}

const char* sandgraft_unit_change_get_path(const sandgraft_unit_change* change) {
    return get(change, &UnitChange::path);
}

const char* sandgraft_unit_change_get_before(const sandgraft_unit_change* change) {
    return get(change, &UnitChange::before);
}

const char* sandgraft_unit_change_get_after(const sandgraft_unit_change* change) {
    return get(change, &UnitChange::after);
}

char* sandgraft_unit_tree_unit_path(const sandgraft_unit_tree* tree, const char* directory, sandgraft_error** error) {
    return guard(error, [&] { return give_text(the(tree).unit_path(text(directory))); });
}

bool sandgraft_unit_tree_write(const sandgraft_unit_tree* tree, const char* directory, sandgraft_error** error) {
    return guard_void(error, [&] { the(tree).write(text(directory)); });
}

sandgraft_unit_changes* sandgraft_unit_tree_diff(const sandgraft_unit_tree* before, const sandgraft_unit_tree* after,
                                                 sandgraft_error** error) {
    return guard(error, [&] { return give(diff(the(before), the(after))); });
}
