/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Part of sandgraft.h: connections, running sandboxes and their processes. */
#ifndef SANDGRAFT_C_SESSION_H
#define SANDGRAFT_C_SESSION_H

#include "model.h"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* Processes and what they are connected to. */

/** Takes a piece of output. */
typedef void (*sandgraft_output_func)(const char* data, size_t size, void* user_data);
/** Is told that something has happened. */
typedef void (*sandgraft_notify_func)(void* user_data);
/** Takes a line. */
typedef void (*sandgraft_text_func)(const char* text, void* user_data);

/** What a process is connected to. -1: no input, or output that is thrown away. */
typedef struct sandgraft_streams sandgraft_streams;

sandgraft_streams* sandgraft_streams_new(sandgraft_error** error);
sandgraft_streams* sandgraft_streams_copy(const sandgraft_streams* streams, sandgraft_error** error);
void sandgraft_streams_free(sandgraft_streams* streams);
int sandgraft_streams_get_input(const sandgraft_streams* streams);
bool sandgraft_streams_set_input(sandgraft_streams* streams, int input, sandgraft_error** error);
int sandgraft_streams_get_output(const sandgraft_streams* streams);
bool sandgraft_streams_set_output(sandgraft_streams* streams, int output, sandgraft_error** error);
int sandgraft_streams_get_error(const sandgraft_streams* streams);
bool sandgraft_streams_set_error(sandgraft_streams* streams, int descriptor, sandgraft_error** error);

/* NULL as function takes the callback away. */

bool sandgraft_streams_set_on_output(sandgraft_streams* streams, sandgraft_output_func function, void* user_data,
                                     sandgraft_destroy_func destroy, sandgraft_error** error);
bool sandgraft_streams_set_on_error(sandgraft_streams* streams, sandgraft_output_func function, void* user_data,
                                    sandgraft_destroy_func destroy, sandgraft_error** error);
/** The process runs. */
bool sandgraft_streams_set_on_ready(sandgraft_streams* streams, sandgraft_notify_func function, void* user_data,
                                    sandgraft_destroy_func destroy, sandgraft_error** error);
/** It has ended, and all its output is written. */
bool sandgraft_streams_set_on_exit(sandgraft_streams* streams, sandgraft_notify_func function, void* user_data,
                                   sandgraft_destroy_func destroy, sandgraft_error** error);

typedef int sandgraft_exit_how;
enum {
    SANDGRAFT_EXIT_HOW_STATUS = 0,     /**< by itself */
    SANDGRAFT_EXIT_HOW_SIGNAL = 1,     /**< killed by a signal */
    SANDGRAFT_EXIT_HOW_NOT_STARTED = 2 /**< it could not be executed */
};

/** How a process ended. */
typedef struct sandgraft_exit sandgraft_exit;

void sandgraft_exit_free(sandgraft_exit* end);
sandgraft_exit_how sandgraft_exit_get_how(const sandgraft_exit* end);
/** The status (0-255), the signal's number, or the errno of execve(2). */
int sandgraft_exit_get_value(const sandgraft_exit* end);
bool sandgraft_exit_get_out_of_memory(const sandgraft_exit* end);
uint64_t sandgraft_exit_get_peak_memory_bytes(const sandgraft_exit* end);
bool sandgraft_exit_get_stopped_by_libvirt(const sandgraft_exit* end);
/** As shells have it: the status, 128+n after signal n, 127 or 126; -1 for NULL. */
int sandgraft_exit_exit_status(const sandgraft_exit* end);

/** A program to be run in a sandbox that runs already. */
typedef struct sandgraft_program sandgraft_program;

sandgraft_program* sandgraft_program_new(sandgraft_error** error);
sandgraft_program* sandgraft_program_copy(const sandgraft_program* program, sandgraft_error** error);
bool sandgraft_program_equal(const sandgraft_program* program, const sandgraft_program* other);
void sandgraft_program_free(sandgraft_program* program);
const sandgraft_strings* sandgraft_program_get_argv(const sandgraft_program* program);
bool sandgraft_program_set_argv(sandgraft_program* program, const char* const* argv, sandgraft_error** error);
const char* sandgraft_program_get_directory(const sandgraft_program* program);
bool sandgraft_program_set_directory(sandgraft_program* program, const char* directory, sandgraft_error** error);
const char* sandgraft_program_get_user(const sandgraft_program* program);
bool sandgraft_program_set_user(sandgraft_program* program, const char* user, sandgraft_error** error);
sandgraft_strings* sandgraft_program_get_environment(const sandgraft_program* program, sandgraft_error** error);
bool sandgraft_program_set_environment(sandgraft_program* program, const char* const* environment,
                                       sandgraft_error** error);
bool sandgraft_program_get_terminal(const sandgraft_program* program);
bool sandgraft_program_set_terminal(sandgraft_program* program, bool terminal, sandgraft_error** error);

/** A process of a running sandbox. Freeing it kills one that runs, but not the sandbox's own command. */
typedef struct sandgraft_process sandgraft_process;

void sandgraft_process_free(sandgraft_process* process);

/**
 * Relays the streams and waits for the process to exit.
 * @param timeout_ms  zero polls, negative waits for ever.
 * @param status  gets the exit status; may be NULL.
 * @return 1 when it has exited, 0 when the time ran out, -1 when it failed.
 */
int sandgraft_process_wait(sandgraft_process* process, int64_t timeout_ms, int* status, sandgraft_error** error);

/** How it ended; NULL, with no error, as long as that is not known. */
sandgraft_exit* sandgraft_process_exit(const sandgraft_process* process, sandgraft_error** error);

/** Why it did not start; empty when it did, or as long as that is not known. */
char* sandgraft_process_start_error(const sandgraft_process* process, sandgraft_error** error);
bool sandgraft_process_send_signal(sandgraft_process* process, int number, sandgraft_error** error);
bool sandgraft_process_resize(sandgraft_process* process, unsigned rows, unsigned columns, sandgraft_error** error);
/** Tells it the size of the terminal at its input. */
bool sandgraft_process_resize_to_input(sandgraft_process* process, sandgraft_error** error);
bool sandgraft_process_suspend_terminal(sandgraft_process* process, sandgraft_error** error);
bool sandgraft_process_resume_terminal(sandgraft_process* process, sandgraft_error** error);

/* Running sandboxes. */

/** How somebody takes part in the command of a sandbox that outlives its program. */
typedef struct sandgraft_attachment sandgraft_attachment;

sandgraft_attachment* sandgraft_attachment_new(sandgraft_error** error);
sandgraft_attachment* sandgraft_attachment_copy(const sandgraft_attachment* attachment, sandgraft_error** error);
bool sandgraft_attachment_equal(const sandgraft_attachment* attachment, const sandgraft_attachment* other);
void sandgraft_attachment_free(sandgraft_attachment* attachment);
bool sandgraft_attachment_get_kept_output(const sandgraft_attachment* attachment);
bool sandgraft_attachment_set_kept_output(sandgraft_attachment* attachment, bool kept_output, sandgraft_error** error);
bool sandgraft_attachment_get_live(const sandgraft_attachment* attachment);
bool sandgraft_attachment_set_live(sandgraft_attachment* attachment, bool live, sandgraft_error** error);
/** Keys that leave the command to itself when they are typed at a terminal. */
const char* sandgraft_attachment_get_detach_keys(const sandgraft_attachment* attachment);
bool sandgraft_attachment_set_detach_keys(sandgraft_attachment* attachment, const char* keys, sandgraft_error** error);

/** A running sandbox. Freeing it ends the sandbox, but one of sandgraft_host_start_kept() and its like. */
typedef struct sandgraft_instance sandgraft_instance;

void sandgraft_instance_free(sandgraft_instance* instance);
/** Finds a sandbox of sandgraft_host_start_kept(). */
sandgraft_instance* sandgraft_instance_connect(const char* name, int64_t deadline_ms, sandgraft_error** error);
const char* sandgraft_instance_get_name(const sandgraft_instance* instance);
char* sandgraft_instance_domain_xml(const sandgraft_instance* instance, sandgraft_error** error);
/** The ports of the host that lead into it. */
const sandgraft_published_ports* sandgraft_instance_get_ports(const sandgraft_instance* instance);
bool sandgraft_instance_has_terminal(const sandgraft_instance* instance);
/** The sandbox's own command. The instance stays as long as this object does. */
sandgraft_process* sandgraft_instance_command(sandgraft_instance* instance, sandgraft_error** error);
/** sandgraft_process_wait() of the command. */
int sandgraft_instance_wait(sandgraft_instance* instance, int64_t timeout_ms, int* status, sandgraft_error** error);
sandgraft_process* sandgraft_instance_exec(sandgraft_instance* instance, const sandgraft_program* program,
                                           const sandgraft_streams* streams, sandgraft_error** error);
sandgraft_process* sandgraft_instance_attach(sandgraft_instance* instance, const sandgraft_attachment* attachment,
                                             const sandgraft_streams* streams, sandgraft_error** error);
/** Readable whenever sandgraft_instance_dispatch() has something to do. */
int sandgraft_instance_descriptor(const sandgraft_instance* instance, sandgraft_error** error);
bool sandgraft_instance_dispatch(sandgraft_instance* instance, sandgraft_error** error);
bool sandgraft_instance_stop(sandgraft_instance* instance, sandgraft_error** error);
bool sandgraft_instance_destroy(sandgraft_instance* instance, sandgraft_error** error);

/* The system of a sandbox that boots into services. */

/** How far it has come. */
typedef int sandgraft_readiness;
enum { SANDGRAFT_READINESS_NONE = 0, SANDGRAFT_READINESS_BOOTED = 1, SANDGRAFT_READINESS_READY = 2 };

/** A unit that does not run as it should: its name, systemd's word for its result, the last lines of its journal. */
typedef struct sandgraft_failed_unit sandgraft_failed_unit;
typedef struct sandgraft_failed_units sandgraft_failed_units;
const char* sandgraft_failed_unit_get_name(const sandgraft_failed_unit* unit);
const char* sandgraft_failed_unit_get_result(const sandgraft_failed_unit* unit);
const sandgraft_strings* sandgraft_failed_unit_get_log(const sandgraft_failed_unit* unit);
size_t sandgraft_failed_units_count(const sandgraft_failed_units* list);
const sandgraft_failed_unit* sandgraft_failed_units_get(const sandgraft_failed_units* list, size_t index);
void sandgraft_failed_units_free(sandgraft_failed_units* list);

typedef struct sandgraft_boot_result sandgraft_boot_result;
bool sandgraft_boot_result_equal(const sandgraft_boot_result* result, const sandgraft_boot_result* other);
void sandgraft_boot_result_free(sandgraft_boot_result* result);
bool sandgraft_boot_result_get_reached(const sandgraft_boot_result* result);
bool sandgraft_boot_result_get_in_time(const sandgraft_boot_result* result);
const sandgraft_failed_units* sandgraft_boot_result_get_failed(const sandgraft_boot_result* result);

/** Waits until it is so far, or cannot be; relays meanwhile, as sandgraft_instance_wait() does. */
sandgraft_boot_result* sandgraft_instance_await_boot(sandgraft_instance* instance, sandgraft_readiness readiness,
                                                     int64_t timeout_ms, sandgraft_error** error);

/* Starts that are under way. */

/** Freeing it cancels a start that was not taken. */
typedef struct sandgraft_pending_start sandgraft_pending_start;

void sandgraft_pending_start_free(sandgraft_pending_start* start);
/** Readable while sandgraft_pending_start_dispatch() has something to tell, and when the start is over. */
int sandgraft_pending_start_descriptor(const sandgraft_pending_start* start, sandgraft_error** error);
bool sandgraft_pending_start_dispatch(sandgraft_pending_start* start, sandgraft_error** error);
bool sandgraft_pending_start_ready(const sandgraft_pending_start* start);
bool sandgraft_pending_start_cancel(sandgraft_pending_start* start, sandgraft_error** error);
sandgraft_instance* sandgraft_pending_start_take(sandgraft_pending_start* start, sandgraft_error** error);

/* Sandboxes that libvirt has. */

typedef int sandgraft_sandbox_info_state;
enum { SANDGRAFT_SANDBOX_INFO_STATE_STOPPED = 0, SANDGRAFT_SANDBOX_INFO_STATE_RUNNING = 1 };
const char* sandgraft_sandbox_info_state_to_string(sandgraft_sandbox_info_state state);

typedef struct sandgraft_sandbox_info sandgraft_sandbox_info;
typedef struct sandgraft_sandbox_infos sandgraft_sandbox_infos;

size_t sandgraft_sandbox_infos_count(const sandgraft_sandbox_infos* list);
const sandgraft_sandbox_info* sandgraft_sandbox_infos_get(const sandgraft_sandbox_infos* list, size_t index);
void sandgraft_sandbox_infos_free(sandgraft_sandbox_infos* list);

const char* sandgraft_sandbox_info_get_name(const sandgraft_sandbox_info* info);
const char* sandgraft_sandbox_info_get_uuid(const sandgraft_sandbox_info* info);
sandgraft_sandbox_info_state sandgraft_sandbox_info_get_state(const sandgraft_sandbox_info* info);
bool sandgraft_sandbox_info_get_defined(const sandgraft_sandbox_info* info);
const sandgraft_published_ports* sandgraft_sandbox_info_get_ports(const sandgraft_sandbox_info* info);
/** The payload is one of these; the other is NULL. */
const sandgraft_command* sandgraft_sandbox_info_get_command(const sandgraft_sandbox_info* info);
const sandgraft_services* sandgraft_sandbox_info_get_services(const sandgraft_sandbox_info* info);

/** All that libvirt has of one. */
typedef struct sandgraft_stored_sandbox sandgraft_stored_sandbox;

void sandgraft_stored_sandbox_free(sandgraft_stored_sandbox* stored);
const sandgraft_sandbox_info* sandgraft_stored_sandbox_get_info(const sandgraft_stored_sandbox* stored);
const sandgraft_sandbox* sandgraft_stored_sandbox_get_description(const sandgraft_stored_sandbox* stored);
const sandgraft_strings* sandgraft_stored_sandbox_get_foreign(const sandgraft_stored_sandbox* stored);
const char* sandgraft_stored_sandbox_get_document(const sandgraft_stored_sandbox* stored);

typedef int sandgraft_sandbox_event_kind;
enum {
    SANDGRAFT_SANDBOX_EVENT_KIND_DEFINED = 0,
    SANDGRAFT_SANDBOX_EVENT_KIND_UNDEFINED = 1,
    SANDGRAFT_SANDBOX_EVENT_KIND_STARTED = 2,
    SANDGRAFT_SANDBOX_EVENT_KIND_STOPPED = 3
};
const char* sandgraft_sandbox_event_kind_to_string(sandgraft_sandbox_event_kind kind);

/** What happened to a sandbox. */
typedef struct sandgraft_sandbox_event sandgraft_sandbox_event;

void sandgraft_sandbox_event_free(sandgraft_sandbox_event* event);
sandgraft_sandbox_event_kind sandgraft_sandbox_event_get_kind(const sandgraft_sandbox_event* event);
const char* sandgraft_sandbox_event_get_name(const sandgraft_sandbox_event* event);
const char* sandgraft_sandbox_event_get_uuid(const sandgraft_sandbox_event* event);

typedef struct sandgraft_sandbox_events sandgraft_sandbox_events;

void sandgraft_sandbox_events_free(sandgraft_sandbox_events* events);
int sandgraft_sandbox_events_descriptor(const sandgraft_sandbox_events* events, sandgraft_error** error);
/** NULL, with no error, when nothing has happened yet. */
sandgraft_sandbox_event* sandgraft_sandbox_events_next(sandgraft_sandbox_events* events, sandgraft_error** error);

/* Connections to libvirt. */

/** How the library talks to a sandbox's init. */
typedef int sandgraft_channel;
enum { SANDGRAFT_CHANNEL_AUTOMATIC = 0, SANDGRAFT_CHANNEL_SOCKET = 1, SANDGRAFT_CHANNEL_CONSOLE = 2 };

/** Which libvirt, and where Sandgraft is installed for it. */
typedef struct sandgraft_host_options sandgraft_host_options;

sandgraft_host_options* sandgraft_host_options_new(sandgraft_error** error);
sandgraft_host_options* sandgraft_host_options_copy(const sandgraft_host_options* options, sandgraft_error** error);
bool sandgraft_host_options_equal(const sandgraft_host_options* options, const sandgraft_host_options* other);
void sandgraft_host_options_free(sandgraft_host_options* options);
const char* sandgraft_host_options_get_uri(const sandgraft_host_options* options);
bool sandgraft_host_options_set_uri(sandgraft_host_options* options, const char* uri, sandgraft_error** error);
const char* sandgraft_host_options_get_init(const sandgraft_host_options* options);
bool sandgraft_host_options_set_init(sandgraft_host_options* options, const char* init, sandgraft_error** error);
const char* sandgraft_host_options_get_modules(const sandgraft_host_options* options);
bool sandgraft_host_options_set_modules(sandgraft_host_options* options, const char* modules, sandgraft_error** error);
bool sandgraft_host_options_get_in_background(const sandgraft_host_options* options);
bool sandgraft_host_options_set_in_background(sandgraft_host_options* options, bool in_background,
                                              sandgraft_error** error);

/** How a sandbox is started. */
typedef struct sandgraft_start_options sandgraft_start_options;

sandgraft_start_options* sandgraft_start_options_new(sandgraft_error** error);
sandgraft_start_options* sandgraft_start_options_copy(const sandgraft_start_options* options, sandgraft_error** error);
void sandgraft_start_options_free(sandgraft_start_options* options);
const sandgraft_streams* sandgraft_start_options_get_streams(const sandgraft_start_options* options);
bool sandgraft_start_options_set_streams(sandgraft_start_options* options, const sandgraft_streams* streams,
                                         sandgraft_error** error);
sandgraft_channel sandgraft_start_options_get_channel(const sandgraft_start_options* options);
bool sandgraft_start_options_set_channel(sandgraft_start_options* options, sandgraft_channel channel,
                                         sandgraft_error** error);
const sandgraft_published_ports* sandgraft_start_options_get_ports(const sandgraft_start_options* options);
bool sandgraft_start_options_set_ports(sandgraft_start_options* options, const sandgraft_published_ports* ports,
                                       sandgraft_error** error);
/** In milliseconds; negative: for ever. */
int64_t sandgraft_start_options_get_init_deadline(const sandgraft_start_options* options);
bool sandgraft_start_options_set_init_deadline(sandgraft_start_options* options, int64_t init_deadline,
                                               sandgraft_error** error);
bool sandgraft_start_options_set_on_progress(sandgraft_start_options* options, sandgraft_text_func function,
                                             void* user_data, sandgraft_destroy_func destroy, sandgraft_error** error);
bool sandgraft_start_options_set_on_warning(sandgraft_start_options* options, sandgraft_text_func function,
                                            void* user_data, sandgraft_destroy_func destroy, sandgraft_error** error);

typedef struct sandgraft_host sandgraft_host;

sandgraft_host* sandgraft_host_open(const sandgraft_host_options* options, sandgraft_error** error);
void sandgraft_host_free(sandgraft_host* host);
sandgraft_capabilities* sandgraft_host_capabilities(const sandgraft_host* host, sandgraft_error** error);
/** Starts a sandbox that ends with this process. */
sandgraft_instance* sandgraft_host_start(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                         const sandgraft_start_options* options, sandgraft_error** error);
/** Starts a sandbox that outlives this process. */
sandgraft_instance* sandgraft_host_start_kept(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                              const sandgraft_start_options* options, sandgraft_error** error);
/** Starts a sandbox that libvirt has. */
sandgraft_instance* sandgraft_host_start_defined(const sandgraft_host* host, const char* name,
                                                 const sandgraft_start_options* options, sandgraft_error** error);
/* The same without waiting. */
sandgraft_pending_start* sandgraft_host_start_async(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                                    const sandgraft_start_options* options, sandgraft_error** error);
sandgraft_pending_start* sandgraft_host_start_kept_async(const sandgraft_host* host, const sandgraft_sandbox* sandbox,
                                                         const sandgraft_start_options* options,
                                                         sandgraft_error** error);
sandgraft_pending_start* sandgraft_host_start_defined_async(const sandgraft_host* host, const char* name,
                                                            const sandgraft_start_options* options,
                                                            sandgraft_error** error);

bool sandgraft_host_define(const sandgraft_host* host, const sandgraft_sandbox* sandbox, sandgraft_error** error);
sandgraft_sandbox_infos* sandgraft_host_list(const sandgraft_host* host, sandgraft_error** error);
sandgraft_stored_sandbox* sandgraft_host_find(const sandgraft_host* host, const char* name, sandgraft_error** error);
bool sandgraft_host_undefine(const sandgraft_host* host, const char* name, sandgraft_error** error);
bool sandgraft_host_rename(const sandgraft_host* host, const char* name, const char* new_name, sandgraft_error** error);
bool sandgraft_host_clone(const sandgraft_host* host, const char* name, const char* new_name, sandgraft_error** error);
bool sandgraft_host_destroy(const sandgraft_host* host, const char* name, sandgraft_error** error);
/** Tells what happens to sandboxes from now on. */
sandgraft_sandbox_events* sandgraft_host_events(const sandgraft_host* host, sandgraft_error** error);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
