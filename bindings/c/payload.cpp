// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_command* sandgraft_command_new(sandgraft_error** error) { return make<Command>(error); }

sandgraft_command* sandgraft_command_copy(const sandgraft_command* command, sandgraft_error** error) {
    return copy(command, error);
}

bool sandgraft_command_equal(const sandgraft_command* command, const sandgraft_command* other) {
    return equal(command, other);
}

void sandgraft_command_free(sandgraft_command* command) { release(command); }

const sandgraft_strings* sandgraft_command_get_argv(const sandgraft_command* command) {
    return get(command, &Command::argv);
}

bool sandgraft_command_set_argv(sandgraft_command* command, const char* const* argv, sandgraft_error** error) {
    return set(command, &Command::argv, argv, error);
}

const char* sandgraft_command_get_directory(const sandgraft_command* command) {
    return get(command, &Command::directory);
}

bool sandgraft_command_set_directory(sandgraft_command* command, const char* directory, sandgraft_error** error) {
    return set(command, &Command::directory, directory, error);
}

bool sandgraft_command_get_terminal(const sandgraft_command* command) { return get(command, &Command::terminal); }

bool sandgraft_command_set_terminal(sandgraft_command* command, bool terminal, sandgraft_error** error) {
    return set(command, &Command::terminal, terminal, error);
}

sandgraft_unit_edit* sandgraft_unit_edit_new(sandgraft_error** error) { return make<UnitEdit>(error); }

sandgraft_unit_edit* sandgraft_unit_edit_copy(const sandgraft_unit_edit* edit, sandgraft_error** error) {
    return copy(edit, error);
}

bool sandgraft_unit_edit_equal(const sandgraft_unit_edit* edit, const sandgraft_unit_edit* other) {
    return equal(edit, other);
}

void sandgraft_unit_edit_free(sandgraft_unit_edit* edit) { release(edit); }

sandgraft_unit_edit_kind sandgraft_unit_edit_get_kind(const sandgraft_unit_edit* edit) {
    return get(edit, &UnitEdit::kind);
}

bool sandgraft_unit_edit_set_kind(sandgraft_unit_edit* edit, sandgraft_unit_edit_kind kind, sandgraft_error** error) {
    return set(edit, &UnitEdit::kind, kind, error);
}

const char* sandgraft_unit_edit_get_unit(const sandgraft_unit_edit* edit) { return get(edit, &UnitEdit::unit); }

bool sandgraft_unit_edit_set_unit(sandgraft_unit_edit* edit, const char* unit, sandgraft_error** error) {
    return set(edit, &UnitEdit::unit, unit, error);
}

const char* sandgraft_unit_edit_get_other(const sandgraft_unit_edit* edit) { return get(edit, &UnitEdit::other); }

bool sandgraft_unit_edit_set_other(sandgraft_unit_edit* edit, const char* other, sandgraft_error** error) {
    return set(edit, &UnitEdit::other, other, error);
}

const char* sandgraft_unit_edit_get_text(const sandgraft_unit_edit* edit) { return get(edit, &UnitEdit::text); }

bool sandgraft_unit_edit_set_text(sandgraft_unit_edit* edit, const char* text, sandgraft_error** error) {
    return set(edit, &UnitEdit::text, text, error);
}

sandgraft_services* sandgraft_services_new(sandgraft_error** error) { return make<Services>(error); }

sandgraft_services* sandgraft_services_copy(const sandgraft_services* services, sandgraft_error** error) {
    return copy(services, error);
}

bool sandgraft_services_equal(const sandgraft_services* services, const sandgraft_services* other) {
    return equal(services, other);
}

void sandgraft_services_free(sandgraft_services* services) { release(services); }

const sandgraft_strings* sandgraft_services_get_goals(const sandgraft_services* services) {
    return get(services, &Services::goals);
}

bool sandgraft_services_set_goals(sandgraft_services* services, const char* const* goals, sandgraft_error** error) {
    return set(services, &Services::goals, goals, error);
}

sandgraft_unit_profile sandgraft_services_get_profile(const sandgraft_services* services) {
    return get(services, &Services::profile);
}

bool sandgraft_services_set_profile(sandgraft_services* services, sandgraft_unit_profile profile,
                                    sandgraft_error** error) {
    return set(services, &Services::profile, profile, error);
}

const sandgraft_unit_edits* sandgraft_services_get_changes(const sandgraft_services* services) {
    return get(services, &Services::changes);
}

bool sandgraft_services_set_changes(sandgraft_services* services, const sandgraft_unit_edits* changes,
                                    sandgraft_error** error) {
    return set(services, &Services::changes, changes, error);
}
