/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Live objects through the C interface, from a poll loop of its own: start, run, exec, signals, events, bad use. */
#include "check.h"

#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

static sandgraft_error* error;

/** What the callbacks of a process have been told. */
struct seen {
    char output[256];
    int ready, ended;
    atomic_int destroyed;              /**< by whatever thread had the last copy of the streams */
    sandgraft_instance** freed_at_end; /**< freed by the callback that is told of the end */
};

static void take(const char* data, size_t size, void* user_data) {
    struct seen* seen = user_data;
    strncat(seen->output, data, size);
}

static void ready(void* user_data) { ++((struct seen*)user_data)->ready; }

static void ended(void* user_data) {
    struct seen* seen = user_data;
    ++seen->ended;
    if (seen->freed_at_end == NULL) return;
    sandgraft_instance_free(*seen->freed_at_end);
    *seen->freed_at_end = NULL;
}

static void destroy(void* user_data) { ++((struct seen*)user_data)->destroyed; }

static void await_destroyed(struct seen* seen) {
    for (int tries = 0; tries < 6000 && seen->destroyed == 0; ++tries) usleep(10000);
    CHECK(seen->destroyed == 1);
}

static sandgraft_streams* streams_of(struct seen* seen) {
    sandgraft_streams* streams = sandgraft_streams_new(&error);
    MUST(sandgraft_streams_set_on_output(streams, take, seen, NULL, &error));
    MUST(sandgraft_streams_set_on_ready(streams, ready, seen, NULL, &error));
    MUST(sandgraft_streams_set_on_exit(streams, ended, seen, destroy, &error));
    return streams;
}

static sandgraft_sandbox* sandbox_of(const char* name, const char* script) {
    const char* const argv[] = {"sh", "-c", script, NULL};
    sandgraft_command* command = sandgraft_command_new(&error);
    sandgraft_sandbox* sandbox = sandgraft_sandbox_new(&error);
    MUST(sandgraft_command_set_argv(command, argv, &error) && sandgraft_sandbox_set_command(sandbox, command, &error));
    MUST(sandgraft_sandbox_set_name(sandbox, name, &error));
    sandgraft_command_free(command);
    return sandbox;
}

static void wait_for(int descriptor) {
    struct pollfd entry = {.fd = descriptor, .events = POLLIN};
    check(descriptor >= 0 && poll(&entry, 1, 60000) == 1, "poll", __FILE__, __LINE__, &error);
}

/** Starts without waiting, and sees to it from a loop. */
static sandgraft_instance* start(const sandgraft_host* host, const sandgraft_sandbox* sandbox, struct seen* seen) {
    sandgraft_streams* streams = streams_of(seen);
    sandgraft_start_options* options = sandgraft_start_options_new(&error);
    MUST(sandgraft_start_options_set_streams(options, streams, &error));
    sandgraft_pending_start* pending = sandgraft_host_start_async(host, sandbox, options, &error);
    MUST(pending);
    while (!sandgraft_pending_start_ready(pending)) {
        wait_for(sandgraft_pending_start_descriptor(pending, &error));
        MUST(sandgraft_pending_start_dispatch(pending, &error));
    }
    sandgraft_instance* instance = sandgraft_pending_start_take(pending, &error);
    MUST(instance);
    FAILS(sandgraft_pending_start_take(pending, &error), SANDGRAFT_ERROR_WRONG_STATE);
    sandgraft_pending_start_free(pending);
    sandgraft_start_options_free(options);
    sandgraft_streams_free(streams);
    return instance;
}

static void run_loop(sandgraft_instance** instance, const int* done) {
    while (!*done) {
        wait_for(sandgraft_instance_descriptor(*instance, &error));
        MUST(sandgraft_instance_dispatch(*instance, &error));
    }
}

static void exec(sandgraft_instance* instance) {
    const char* const argv[] = {"sh", "-c", "echo $WORD; kill -9 $$", NULL};
    struct seen seen = {0};
    sandgraft_program* program = sandgraft_program_new(&error);
    const char* const environment[] = {"WORD=inside", NULL};
    MUST(sandgraft_program_set_argv(program, argv, &error));
    MUST(sandgraft_program_set_environment(program, environment, &error));
    sandgraft_streams* streams = streams_of(&seen);
    sandgraft_process* process = sandgraft_instance_exec(instance, program, streams, &error);
    MUST(process);
    sandgraft_streams_free(streams);
    run_loop(&instance, &seen.ended);
    CHECK(same(seen.output, "inside\n") && seen.ready == 1 && seen.ended == 1);
    sandgraft_exit* end = sandgraft_process_exit(process, &error);
    MUST(end);
    CHECK(sandgraft_exit_get_how(end) == SANDGRAFT_EXIT_HOW_SIGNAL && sandgraft_exit_exit_status(end) == 137);
    sandgraft_exit_free(end);
    int status = 0;
    MUST(sandgraft_process_wait(process, INT64_MAX, &status, &error) == 1);
    CHECK(status == 137);
    FAILS(sandgraft_process_send_signal(process, 65, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_instance_exec(instance, NULL, NULL, &error), SANDGRAFT_ERROR_INVALID);
    sandgraft_process_free(process);
    sandgraft_program_free(program);
    await_destroyed(&seen);
}

/** The callback of the end frees the instance that calls it. */
static void loop(const sandgraft_host* host) {
    sandgraft_sandbox* sandbox = sandbox_of("c-loop", "echo begun; read line");
    sandgraft_instance* instance = NULL;
    struct seen seen = {.freed_at_end = &instance};
    instance = start(host, sandbox, &seen);
    CHECK(same(sandgraft_instance_get_name(instance), "c-loop") && !sandgraft_instance_has_terminal(instance));
    FAILS(sandgraft_host_start(host, sandbox, NULL, &error), SANDGRAFT_ERROR_EXISTS);
    sandgraft_process* command = sandgraft_instance_command(instance, &error);
    MUST(command);
    CHECK(sandgraft_process_exit(command, &error) == NULL || error == NULL);
    run_loop(&instance, &seen.ended);
    CHECK(instance == NULL && same(seen.output, "begun\n") && seen.destroyed == 0);
    int status = 0;
    MUST(sandgraft_process_wait(command, 0, &status, &error) == 1);
    CHECK(status == 1);
    sandgraft_process_free(command);
    await_destroyed(&seen);
    sandgraft_sandbox_free(sandbox);
}

static void wait_and_exec(const sandgraft_host* host) {
    sandgraft_sandbox* sandbox = sandbox_of("c-wait", "trap 'exit 7' TERM; echo up; while :; do sleep 1; done");
    struct seen seen = {0};
    sandgraft_instance* instance = start(host, sandbox, &seen);
    int status = 0;
    MUST(sandgraft_instance_wait(instance, 0, &status, &error) == 0);
    exec(instance);
    while (!same(seen.output, "up\n")) {
        wait_for(sandgraft_instance_descriptor(instance, &error));
        MUST(sandgraft_instance_dispatch(instance, &error));
    }
    MUST(sandgraft_instance_stop(instance, &error));
    MUST(sandgraft_instance_wait(instance, -1, &status, &error) == 1);
    CHECK(status == 7);
    sandgraft_instance_free(instance);
    await_destroyed(&seen);
    sandgraft_sandbox_free(sandbox);
}

/** Those of the tests before may still be ending. */
static void await_definition(sandgraft_sandbox_events* events, const char* name) {
    for (bool found = false; !found;) {
        wait_for(sandgraft_sandbox_events_descriptor(events, &error));
        sandgraft_sandbox_event* event = sandgraft_sandbox_events_next(events, &error);
        CHECK(error == NULL);
        found = event != NULL && same(sandgraft_sandbox_event_get_name(event), name) &&
                sandgraft_sandbox_event_get_kind(event) == SANDGRAFT_SANDBOX_EVENT_KIND_DEFINED;
        sandgraft_sandbox_event_free(event);
    }
}

static const sandgraft_sandbox_info* named(const sandgraft_sandbox_infos* list, const char* name) {
    for (size_t i = 0; i < sandgraft_sandbox_infos_count(list); ++i) {
        const sandgraft_sandbox_info* info = sandgraft_sandbox_infos_get(list, i);
        if (same(sandgraft_sandbox_info_get_name(info), name)) return info;
    }
    return NULL;
}

static void stored(const sandgraft_host* host) {
    sandgraft_sandbox* sandbox = sandbox_of("c-kept", "true");
    sandgraft_sandbox_events* events = sandgraft_host_events(host, &error);
    MUST(events);
    MUST(sandgraft_host_define(host, sandbox, &error));
    FAILS(sandgraft_host_define(host, sandbox, &error), SANDGRAFT_ERROR_EXISTS);
    await_definition(events, "c-kept");
    sandgraft_sandbox_events_free(events);

    MUST(sandgraft_host_rename(host, "c-kept", "c-named", &error));
    sandgraft_sandbox_infos* list = sandgraft_host_list(host, &error);
    CHECK(named(list, "c-kept") == NULL);
    const sandgraft_sandbox_info* info = named(list, "c-named");
    CHECK(info != NULL && sandgraft_sandbox_info_get_defined(info));
    CHECK(sandgraft_sandbox_info_get_state(info) == SANDGRAFT_SANDBOX_INFO_STATE_STOPPED);
    sandgraft_sandbox_infos_free(list);
    sandgraft_stored_sandbox* found = sandgraft_host_find(host, "c-named", &error);
    MUST(found);
    MUST(sandgraft_sandbox_set_name(sandbox, "c-named", &error));
    CHECK(sandgraft_sandbox_equal(sandgraft_stored_sandbox_get_description(found), sandbox));
    sandgraft_stored_sandbox_free(found);
    MUST(sandgraft_host_undefine(host, "c-named", &error));
    FAILS(sandgraft_host_find(host, "c-named", &error), SANDGRAFT_ERROR_NOT_FOUND);
    sandgraft_sandbox_free(sandbox);
}

/** Where libvirt is the reason, its own code is told. */
static void libvirts_errors(void) {
    sandgraft_host_options* options = sandgraft_host_options_new(&error);
    MUST(sandgraft_host_options_set_uri(options, "nonsense:///", &error));
    CHECK(sandgraft_host_open(options, &error) == NULL);
    CHECK(sandgraft_error_get_code(error) == SANDGRAFT_ERROR_HYPERVISOR);
    CHECK(sandgraft_error_get_libvirt_code(error) != 0);
    sandgraft_error_free(error);
    error = NULL;
    sandgraft_host_options_free(options);
    FAILS(sandgraft_instance_connect("no-such-sandbox", 0, &error), SANDGRAFT_ERROR_NOT_FOUND);
    FAILS(sandgraft_host_list(NULL, &error), SANDGRAFT_ERROR_INVALID);
}

int main(void) {
    sandgraft_host* host = sandgraft_host_open(NULL, &error);
    MUST(host);
    loop(host);
    wait_and_exec(host);
    stored(host);
    libvirts_errors();
    sandgraft_host_free(host);
    CHECK(error == NULL);
    return 0;
}
