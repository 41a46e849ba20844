// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crash_terminal.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "paths.hpp"
#include "running.hpp"

#include <sandgraft/host.hpp>

#include <iostream>

namespace cli {

namespace {

/// As timeout(1) has it.
constexpr int timed_out = 124;

void print_help() {
    std::cout << "Usage: sandgraft run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
                 "\n"
                 "Runs COMMAND once, in a sandbox made of the host's own files, and exits with its\n"
                 "status. The command sees the host's root read-only, without /root, /home and the\n"
                 "host's secrets, an empty /run, /tmp and /var/tmp of its own, no process of the\n"
                 "host and no network but loopback. It runs as the calling user without any\n"
                 "capability. Nothing of the sandbox is left when it ends.\n"
                 "\n"
              << describe_options(Use::run)
              << "\n"
                 "-v ./data:/srv/data:ro shows a directory of the host; -v .:/src -w . starts in\n"
                 "the caller's own. As root, -u @. runs the command as the directory's owner.\n"
                 "\n"
                 "A mount SPEC is a list of KEY=VALUE with commas, as docker and podman have it:\n"
                 "  type=bind,source=/srv/in,target=/mnt,readonly   a directory or file of the host\n"
                 "  type=bind,source=$PWD,target=$PWD               writable without readonly\n"
                 "  type=ram,target=/mnt,size=64M                   an empty filesystem in memory\n"
                 "  type=file,target=/etc/motd,content=hello        a file with this content, or\n"
                 "  type=file,target=/etc/motd,source=./motd        with that of a host file now,\n"
                 "                                                  and its mode and owner, or\n"
                 "                                                  mode=640,uid=33,gid=33\n"
                 "  type=guest-bind,source=/usr/bin,target=/mnt     what the sandbox has elsewhere\n"
                 "  type=mask,target=/etc/machine-id                hides a file or directory\n"
                 "Setuid files and devices in a bind are dead unless it says suid or dev.\n"
                 "Parents are mounted before children, otherwise in the order given. A missing\n"
                 "target appears in the sandbox only: nothing is created on the host. A field with\n"
                 "a comma is put in double quotes.\n"
                 "\n"
                 "Exit status: the command's; 128+N when signal N killed it; 127 when it was not\n"
                 "found; 126 when it cannot be executed; 125 when sandgraft itself failed; 124\n"
                 "when its time was over, for which it got SIGTERM, and SIGKILL 5 seconds later.\n"
                 "\n"
                 "--json tells how it ended: exit, signal, oom, timeout, killed (by virsh, or the\n"
                 "sandbox vanished), not-started or failed (sandgraft itself did).\n"
                 "\n"
                 "Examples:\n"
                 "  sandgraft run -- sh -c 'id; ls /'\n"
                 "  sandgraft run -v .:/src -w . -- make\n"
                 "  tar c . | sandgraft run -u nobody --memory 256M -- tar tv\n"
                 "  name=$(sandgraft run --detach -- make) && sandgraft logs -f \"$name\"\n";
}

/// To the command that was a SIGTERM as any other.
void report_stop(const sandgraft::Exit& end) {
    if (end.stopped_by_libvirt)
        std::cerr << "sandgraft run: the sandbox was stopped through libvirt (virsh shutdown, reboot or destroy)\n";
}

sandgraft::Instance start(const Request& request) {
    Progress progress;
    const auto host = sandgraft::Host::open({.uri = request.uri, .in_background = true});
    auto options = start_options("run", progress);
    options.channel = request.channel;
    options.streams = standard_streams();
    // The keys are the caller's own where there is no command to type to.
    if (std::holds_alternative<sandgraft::Services>(request.sandbox.payload)) options.streams.input = -1;
    return host.start(request.sandbox, options);
}

void report_root(const Request& request) {
    if (const auto hint = root_hint(request.sandbox); !hint.empty())
        std::cerr << "sandgraft run: warning: " << hint << '\n';
}

/// The sandbox goes on, and is found by the name that is printed.
int run_detached(const Request& request) {
    Progress progress;
    bool is_ready = false;
    auto options = start_options("run", progress);
    options.channel = request.channel;
    options.streams.on_ready = [&is_ready] { is_ready = true; };
    const auto host = sandgraft::Host::open({.uri = request.uri, .in_background = true});
    auto instance = host.start_kept(request.sandbox, options);
    report_ports("run", instance, request.sandbox.ports);
    report_root(request);
    if (!await_start(instance, is_ready)) {
        report_start("run", instance.command(), program_of(request.sandbox));
        return instance.command().exit()->exit_status();
    }
    std::cout << instance.name() << std::endl;
    return await_units("run", instance, {.readiness = request.readiness}) ? 0 : 1;
}

int run_command(const Request& request, SignalForwarder& signals, Report& report) {
    auto instance = start(request);
    report.start(instance.name());
    report_ports("run", instance, request.sandbox.ports);
    // Not before: the library refuses a source that lies in a mount which does not answer.
    report_root(request);
    Timeout timeout(request.timeout);
    {
        const SignalForwarder::Scope scope(signals, instance.command());
        timeout.wait(instance);
    }
    const auto end = instance.command().exit().value();
    const int status = timeout.is_over() ? timed_out : end.exit_status();
    report_start("run", instance.command(), program_of(request.sandbox));
    if (timeout.is_over()) std::cerr << "sandgraft run: " << timeout.describe() << '\n';
    if (status != 0) report_memory("run", end, request.memory);
    report_stop(end);
    report.end(end, timeout.is_over(), status);
    return status;
}

/// The line about the end is the last one, also where sandgraft itself has failed.
int run_command(const Request& request) {
    restore_terminal_on_crash();
    SignalForwarder signals;
    Report report(request.json);
    try {
        return run_command(request, signals, report);
    } catch (const std::exception& error) {
        std::cerr << "sandgraft run: " << error.what() << '\n';
        report.fail(error, own_failure);
    }
    return own_failure;
}

}  // namespace

int run(const Arguments& arguments) {
    const Request request = parse_request(arguments, Use::run);
    if (!request.help) return request.detach ? run_detached(request) : run_command(request);
    print_help();
    return 0;
}

}  // namespace cli
