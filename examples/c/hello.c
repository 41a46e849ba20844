// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a command in a sandbox with this program's own streams, and exits with its status.
#include <sandgraft.h>

#include <stdio.h>
#include <unistd.h>

static int run(const sandgraft_host* host, const sandgraft_sandbox* sandbox, sandgraft_error** error) {
    sandgraft_streams* streams = sandgraft_streams_new(error);
    sandgraft_streams_set_input(streams, STDIN_FILENO, error);
    sandgraft_streams_set_output(streams, STDOUT_FILENO, error);
    sandgraft_streams_set_error(streams, STDERR_FILENO, error);
    sandgraft_start_options* options = sandgraft_start_options_new(error);
    sandgraft_start_options_set_streams(options, streams, error);
    sandgraft_instance* instance = sandgraft_host_start(host, sandbox, options, error);
    int status = 125;
    if (instance != NULL) sandgraft_instance_wait(instance, -1, &status, error);
    sandgraft_instance_free(instance);
    sandgraft_start_options_free(options);
    sandgraft_streams_free(streams);
    return status;
}

int main(int argc, char** argv) {
    static const char* const greeting[] = {"sh", "-c", "echo hello from $(hostname); ls -A /home", NULL};
    sandgraft_error* error = NULL;
    sandgraft_command* command = sandgraft_command_new(&error);
    sandgraft_command_set_argv(command, argc > 1 ? (const char* const*)argv + 1 : greeting, &error);
    sandgraft_sandbox* sandbox = sandgraft_sandbox_new(&error);
    sandgraft_sandbox_set_command(sandbox, command, &error);
    sandgraft_host* host = sandgraft_host_open(NULL, &error);
    int status = host == NULL ? 125 : run(host, sandbox, &error);
    if (error != NULL) fprintf(stderr, "hello: %s\n", sandgraft_error_get_message(error));
    sandgraft_error_free(error);
    sandgraft_host_free(host);
    sandgraft_sandbox_free(sandbox);
    sandgraft_command_free(command);
    return status;
}
