// SPDX-License-Identifier: LGPL-2.1-or-later
#include "callback.hpp"
#include "object.hpp"
#include "waited.hpp"
using namespace sandgraft;
using namespace sandgraft::c;

int sandgraft_streams_get_input(const sandgraft_streams* streams) { return get(streams, &Streams::input); }

bool sandgraft_streams_set_input(sandgraft_streams* streams, int input, sandgraft_error** error) {
    return set(streams, &Streams::input, input, error);
}

int sandgraft_streams_get_output(const sandgraft_streams* streams) { return get(streams, &Streams::output); }

bool sandgraft_streams_set_output(sandgraft_streams* streams, int output, sandgraft_error** error) {
    return set(streams, &Streams::output, output, error);
}

int sandgraft_streams_get_error(const sandgraft_streams* streams) { return get(streams, &Streams::error); }

bool sandgraft_streams_set_error(sandgraft_streams* streams, int descriptor, sandgraft_error** error) {
    return set(streams, &Streams::error, descriptor, error);
}

sandgraft_program* sandgraft_program_new(sandgraft_error** error) { return make<Program>(error); }

sandgraft_program* sandgraft_program_copy(const sandgraft_program* program, sandgraft_error** error) {
    return copy(program, error);
}

bool sandgraft_program_equal(const sandgraft_program* program, const sandgraft_program* other) {
    return equal(program, other);
}

void sandgraft_program_free(sandgraft_program* program) { release(program); }

const sandgraft_strings* sandgraft_program_get_argv(const sandgraft_program* program) {
    return get(program, &Program::argv);
}

bool sandgraft_program_set_argv(sandgraft_program* program, const char* const* argv, sandgraft_error** error) {
    return set(program, &Program::argv, argv, error);
}

const char* sandgraft_program_get_directory(const sandgraft_program* program) {
    return get(program, &Program::directory);
}

bool sandgraft_program_set_directory(sandgraft_program* program, const char* directory, sandgraft_error** error) {
    return set(program, &Program::directory, directory, error);
}

const char* sandgraft_program_get_user(const sandgraft_program* program) { return get(program, &Program::user); }

bool sandgraft_program_set_user(sandgraft_program* program, const char* user, sandgraft_error** error) {
    return set(program, &Program::user, user, error);
}

sandgraft_strings* sandgraft_program_get_environment(const sandgraft_program* program, sandgraft_error** error) {
    return guard(error, [&] { return give_environment(the(program).environment); });
}

bool sandgraft_program_set_environment(sandgraft_program* program, const char* const* environment,
                                       sandgraft_error** error) {
    return set(program, &Program::environment, environment, error);
}

bool sandgraft_program_get_terminal(const sandgraft_program* program) { return get(program, &Program::terminal); }

bool sandgraft_program_set_terminal(sandgraft_program* program, bool terminal, sandgraft_error** error) {
    return set(program, &Program::terminal, terminal, error);
}

sandgraft_attachment* sandgraft_attachment_new(sandgraft_error** error) { return make<Attachment>(error); }

sandgraft_attachment* sandgraft_attachment_copy(const sandgraft_attachment* attachment, sandgraft_error** error) {
    return copy(attachment, error);
}

bool sandgraft_attachment_equal(const sandgraft_attachment* attachment, const sandgraft_attachment* other) {
    return equal(attachment, other);
}

void sandgraft_attachment_free(sandgraft_attachment* attachment) { release(attachment); }

bool sandgraft_attachment_get_kept_output(const sandgraft_attachment* attachment) {
    return get(attachment, &Attachment::kept_output);
}

bool sandgraft_attachment_set_kept_output(sandgraft_attachment* attachment, bool kept_output, sandgraft_error** error) {
    return set(attachment, &Attachment::kept_output, kept_output, error);
}

bool sandgraft_attachment_get_live(const sandgraft_attachment* attachment) {
    return get(attachment, &Attachment::live);
}

bool sandgraft_attachment_set_live(sandgraft_attachment* attachment, bool live, sandgraft_error** error) {
    return set(attachment, &Attachment::live, live, error);
}

sandgraft_exit_how sandgraft_exit_get_how(const sandgraft_exit* end) { return get(end, &Exit::how); }

int sandgraft_exit_get_value(const sandgraft_exit* end) { return get(end, &Exit::value); }

bool sandgraft_exit_get_out_of_memory(const sandgraft_exit* end) { return get(end, &Exit::out_of_memory); }

uint64_t sandgraft_exit_get_peak_memory_bytes(const sandgraft_exit* end) { return get(end, &Exit::peak_memory_bytes); }

bool sandgraft_exit_get_stopped_by_libvirt(const sandgraft_exit* end) { return get(end, &Exit::stopped_by_libvirt); }

sandgraft_streams* sandgraft_streams_new(sandgraft_error** error) { return make<Streams>(error); }

sandgraft_streams* sandgraft_streams_copy(const sandgraft_streams* streams, sandgraft_error** error) {
    return copy(streams, error);
}

void sandgraft_streams_free(sandgraft_streams* streams) { release(streams); }

bool sandgraft_streams_set_on_output(sandgraft_streams* streams, sandgraft_output_func function, void* user_data,
                                     sandgraft_destroy_func destroy, sandgraft_error** error) {
    return set_callback(streams, &Streams::on_output, function, user_data, destroy, error);
}

bool sandgraft_streams_set_on_error(sandgraft_streams* streams, sandgraft_output_func function, void* user_data,
                                    sandgraft_destroy_func destroy, sandgraft_error** error) {
    return set_callback(streams, &Streams::on_error, function, user_data, destroy, error);
}

bool sandgraft_streams_set_on_ready(sandgraft_streams* streams, sandgraft_notify_func function, void* user_data,
                                    sandgraft_destroy_func destroy, sandgraft_error** error) {
    return set_callback(streams, &Streams::on_ready, function, user_data, destroy, error);
}

bool sandgraft_streams_set_on_exit(sandgraft_streams* streams, sandgraft_notify_func function, void* user_data,
                                   sandgraft_destroy_func destroy, sandgraft_error** error) {
    return set_callback(streams, &Streams::on_exit, function, user_data, destroy, error);
}

void sandgraft_exit_free(sandgraft_exit* end) { release(end); }

int sandgraft_exit_exit_status(const sandgraft_exit* end) { return end == nullptr ? -1 : value(end)->exit_status(); }

void sandgraft_process_free(sandgraft_process* process) { release(process); }

int sandgraft_process_wait(sandgraft_process* process, int64_t timeout_ms, int* status, sandgraft_error** error) {
    return guard(error, [&] { return waited(live(process)->wait(deadline(timeout_ms)), status); });
}

sandgraft_exit* sandgraft_process_exit(const sandgraft_process* process, sandgraft_error** error) {
    return guard(error, [&] { return give_if(the(process)->exit()); });
}

char* sandgraft_process_start_error(const sandgraft_process* process, sandgraft_error** error) {
    return guard(error, [&] { return give_text(the(process)->start_error()); });
}

bool sandgraft_process_send_signal(sandgraft_process* process, int number, sandgraft_error** error) {
    return guard_void(error, [&] { live(process)->send_signal(number); });
}

bool sandgraft_process_resize(sandgraft_process* process, unsigned rows, unsigned columns, sandgraft_error** error) {
    return guard_void(error, [&] { live(process)->resize(rows, columns); });
}

bool sandgraft_process_resize_to_input(sandgraft_process* process, sandgraft_error** error) {
    return guard_void(error, [&] { live(process)->resize(); });
}

bool sandgraft_process_suspend_terminal(sandgraft_process* process, sandgraft_error** error) {
    return guard_void(error, [&] { live(process)->suspend_terminal(); });
}

bool sandgraft_process_resume_terminal(sandgraft_process* process, sandgraft_error** error) {
    return guard_void(error, [&] { live(process)->resume_terminal(); });
}

const char* sandgraft_attachment_get_detach_keys(const sandgraft_attachment* attachment) {
    return get(attachment, &Attachment::detach_keys);
}

bool sandgraft_attachment_set_detach_keys(sandgraft_attachment* attachment, const char* keys, sandgraft_error** error) {
    return set(attachment, &Attachment::detach_keys, keys, error);
}
