// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft exec and shell: another command in a sandbox that is kept running. Its keeper is asked, not libvirt.
#include "crash_terminal.hpp"
#include "options.hpp"
#include "paths.hpp"
#include "running.hpp"

#include <array>

namespace cli {

namespace {

constexpr Flag user{"user,u", "run as USER or USER:GROUP, names or numbers, or as the owner of @PATH", "USER"};
constexpr Flag environment{"env,e", "set a variable; without a value, pass on the caller's", "NAME[=VALUE]"};
constexpr Flag directory{"workdir,w", "the directory of the sandbox to start in", "DIR"};

constexpr std::array exec_flags = {
    Flag{"tty,t", "give it a terminal (if input and output are one)"},
    Flag{"no-tty,T", "do not give it a terminal"},
    user,
    environment,
    directory,
};

constexpr KeptUsage exec_usage = {
    .usage = "exec [OPTION...] NAME [--] COMMAND [ARGUMENT...]",
    .text =
        "Runs another command in a sandbox that is kept running, beside its own, and exits\n"
        "with its status, as 'sandgraft run' does. What is not given is as the sandbox's own\n"
        "command has it; another user has no capabilities. The sandbox goes on.\n",
    .examples =
        "  sandgraft exec web -- ps -ef\n"
        "  tar c . | sandgraft exec -u www-data -w /srv web -- tar x\n",
    .flags = exec_flags,
    .least = 1,
    .most = 1,
    .command = true,
};

constexpr std::array shell_flags = {user, environment, directory};

constexpr KeptUsage shell_usage = {
    .usage = "shell [OPTION...] NAME",
    .text =
        "Starts a login shell with a terminal in a sandbox that is kept running: the user's\n"
        "own, or /bin/sh where it has none.\n",
    .examples =
        "  sandgraft shell web\n"
        "  sandgraft shell -u www-data web\n",
    .flags = shell_flags,
    .least = 1,
    .most = 1,
};

/// nologin(8) and its like are for daemons that somebody wants to look after here.
constexpr const char* login_shell =
    "case $SHELL in */nologin | */false) SHELL= ;; esac\n"
    "[ -x \"$SHELL\" ] || SHELL=/bin/sh\n"
    "export SHELL\n"
    "exec \"$SHELL\" -l\n";

bool wants_terminal(const KeptRequest& request) {
    if (request.has("tty") && request.has("no-tty")) throw UsageError("--tty and --no-tty contradict each other");
    return request.has("tty") || (!request.has("no-tty") && is_at_terminal());
}

sandgraft::Program describe(const KeptRequest& request, const Arguments& command, bool terminal) {
    sandgraft::Program program{.argv = command};
    for (const char* name : {"user", "workdir"})
        if (request.has(name) && request.value(name).empty())
            throw UsageError(std::string("the value of --") + name + " is empty");
    program.user = resolve_user(request.value("user"));
    program.directory = request.value("workdir");
    program.terminal = terminal;
    if (terminal) set_environment({"TERM"}, program.environment);
    set_environment(request.values("env"), program.environment);
    return program;
}

int run(const char* name, const KeptRequest& request, const sandgraft::Program& program) {
    restore_terminal_on_crash();
    SignalForwarder signals;
    auto instance = connect(request);
    auto process = instance.exec(program, standard_streams());
    const int status = see_through(signals, process);
    report_start(name, process, program.argv[0]);
    return status;
}

int run_exec(const KeptRequest& request) {
    return run("exec", request, describe(request, request.command, wants_terminal(request)));
}

int run_shell(const KeptRequest& request) {
    return run("shell", request, describe(request, {"/bin/sh", "-c", login_shell}, true));
}

}  // namespace

int exec(const Arguments& arguments) { return run_kept(exec_usage, arguments, run_exec); }

int shell(const Arguments& arguments) { return run_kept(shell_usage, arguments, run_shell); }

}  // namespace cli
