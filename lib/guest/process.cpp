// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/process.hpp"

#include "base/text.hpp"
#include "guest/environment.hpp"
#include "guest/memory_watch.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace sandgraft::guest {

namespace {

constexpr int pipe_size = 256 * 1024;  ///< fewer switches between the command and init than the default 64 KiB
constexpr mode_t default_umask = 022;
constexpr int report_fd = 3;  ///< of a child, until it is executed

using Streams = std::array<base::Fd, 3>;

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (const auto& string : strings) out.push_back(const_cast<char*>(string.c_str()));
    out.push_back(nullptr);
    return out;
}

void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// What only the child has of a start.
struct Inherited {
    Streams streams;
    bool terminal = false;
    base::Fd report;  ///< where a failure is told; closed by execve(2)
};

/// The descriptor, where none of those that a child has would take its place.
base::Fd out_of_the_way(base::Fd fd) {
    if (fd.get() > report_fd) return fd;
    return base::checked(::fcntl(fd.get(), F_DUPFD_CLOEXEC, report_fd + 1), "cannot duplicate a descriptor");
}

/// The child keeps nothing else of init's, not even until it is executed: an end of another process's pipe would
/// hold that one up.
void take_descriptors(Inherited inherited) {
    if (::dup3(inherited.report.get(), report_fd, O_CLOEXEC) < 0) ::_exit(1);
    for (int fd = 0; fd < 3; ++fd)
        if (::dup2(inherited.streams[static_cast<std::size_t>(fd)].get(), fd) < 0)
            base::throw_errno("cannot set up a stream");
    if (::close_range(report_fd + 1, ~0U, 0) < 0) base::throw_errno("cannot close the other descriptors");
}

/// A pipe of init belongs to root: a user may open /dev/stdout anew only when it owns it. Of a terminal the group
/// stays.
void give_streams(const User& user, bool terminal) {
    for (int fd = 0; fd < 3; ++fd)
        if (::fchown(fd, user.uid, terminal ? static_cast<gid_t>(-1) : user.gid) < 0)
            base::throw_errno(terminal ? "cannot give the pseudo terminal to the user"
                                       : "cannot give a pipe to the user");
    if (terminal && ::ioctl(0, TIOCSCTTY, 0) < 0) base::throw_errno("cannot take the controlling terminal");
}

void prepare(const ProcessSpec& spec, bool terminal, const RaisedDescriptorLimit& descriptors) {
    give_streams(spec.user, terminal);
    ::umask(default_umask);
    offer_to_be_killed(spec.oom_score);  // while /proc/self belongs to this process
    descriptors.restore();
    set_limits(spec.processes, spec.limits);
    become(spec.user, spec.capabilities, spec.no_new_privs);
    if (::chdir(spec.directory.c_str()) < 0)
        base::throw_errno("cannot start in the directory " + base::quote(spec.directory) + " of the sandbox");
    reset_signals();
}

/// How a child that could not run its program says why.
struct StartFailure {
    int error = 0;  ///< of execve(2); 0: the reason is the text
    std::array<char, 512> text{};
};

/// Runs in the child; returns only when the program does not run.
StartFailure execute(const Starter::MakeSpec& make_spec, Inherited inherited,
                     const RaisedDescriptorLimit& descriptors) {
    StartFailure failure;
    try {
        ::setsid();
        const bool terminal = inherited.terminal;
        take_descriptors(std::move(inherited));
        const auto spec = make_spec();
        prepare(spec, terminal, descriptors);
        const auto variables = environment_of(spec.environment, spec.user, terminal);
        auto environment = pointers(variables);
        environ = environment.data();
        auto argv = pointers(spec.argv);
        ::execvp(argv[0], argv.data());  // searches the PATH of the environment that was just set
        failure.error = errno;
    } catch (const Error& error) {
        ::strncpy(failure.text.data(), error.what(), failure.text.size() - 1);
    }
    return failure;
}

/// What the process inherits; the other end of its report becomes the start.
Inherited pass_on(Process& process, Streams streams, bool terminal) {
    auto [start, report] = base::make_pipe();
    base::set_nonblocking(start.get());
    Inherited inherited{{}, terminal, out_of_the_way(std::move(report))};
    for (std::size_t i = 0; i < streams.size(); ++i) inherited.streams[i] = out_of_the_way(std::move(streams[i]));
    process.start = std::move(start);
    return inherited;
}

/// Returns when the program does not run, and that is reported.
void try_to_execute(const Starter::MakeSpec& make_spec, Inherited inherited, const RaisedDescriptorLimit& descriptors) {
    const StartFailure failure = execute(make_spec, std::move(inherited), descriptors);
    (void)!::write(report_fd, &failure, sizeof failure);  // less than PIPE_BUF: whole or not at all
}

void launch(Process& process, const Starter::MakeSpec& make_spec, Streams streams, bool terminal,
            const RaisedDescriptorLimit& descriptors) {
    auto inherited = pass_on(process, std::move(streams), terminal);
    process.pid = ::fork();
    if (process.pid < 0) base::throw_errno("cannot fork");
    if (process.pid > 0) return;
    try_to_execute(make_spec, std::move(inherited), descriptors);
    ::_exit(1);
}

base::Fd duplicate(const base::Fd& fd) {
    return base::checked(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0), "cannot duplicate a descriptor");
}

std::array<base::Fd, 2> make_stream_pipe() {
    auto pipe = base::make_pipe();
    ::fcntl(pipe[0].get(), F_SETPIPE_SZ, pipe_size);  // a wish: the default size works as well
    return pipe;
}

}  // namespace

Process Starter::with_pipes(const MakeSpec& make_spec) const {
    auto [input_read, input_write] = make_stream_pipe();
    auto [output_read, output_write] = make_stream_pipe();
    auto [error_read, error_write] = make_stream_pipe();
    for (const auto* fd : {&input_write, &output_read, &error_read}) base::set_nonblocking(fd->get());
    Process process;
    process.input = std::move(input_write);
    process.output = std::move(output_read);
    process.error = std::move(error_read);
    launch(process, make_spec, {std::move(input_read), std::move(output_write), std::move(error_write)}, false,
           descriptors_);
    return process;
}

PseudoTerminal make_terminal(wire::WindowSize size) {
    base::Fd master = base::checked(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK),
                                    "cannot open '/dev/ptmx' in the sandbox");
    const int unlock = 0;
    if (::ioctl(master.get(), TIOCSPTLCK, &unlock) < 0) base::throw_errno("cannot unlock the pseudo terminal");
    base::Fd slave = base::checked(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC),
                                   "cannot open the pseudo terminal");
    set_window_size(master.get(), size);
    return {std::move(master), std::move(slave)};
}

Process Starter::with_terminal(const MakeSpec& make_spec, wire::WindowSize size) const {
    auto [master, slave] = make_terminal(size);
    Process process;
    process.input = duplicate(master);
    process.output = std::move(master);
    launch(process, make_spec, {duplicate(slave), duplicate(slave), duplicate(slave)}, true, descriptors_);
    return process;
}

/// A process that does not become what it should waits for the child, which tells the host, and ends with it.
Process Starter::from_child(const MakeSpec& make_spec, const PseudoTerminal& terminal) const {
    const auto& [master, slave] = terminal;
    Process process;
    auto inherited = pass_on(process, {duplicate(slave), duplicate(slave), duplicate(slave)}, false);
    process.input = duplicate(master);
    process.output = duplicate(master);
    process.pid = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) base::throw_errno("cannot fork");
    if (child == 0) return process;
    try_to_execute(make_spec, std::move(inherited), descriptors_);
    ::waitpid(child, nullptr, 0);
    ::_exit(1);
}

Progress progress(const base::Fd& start) {
    StartFailure failure;
    const ssize_t n = ::read(start.get(), &failure, sizeof failure);
    if (n < 0 && errno == EAGAIN) return Starting{};
    if (n < 0) base::throw_errno("cannot read how a start went");
    if (n == 0) return Running{};
    if (failure.error != 0) return NotExecuted{failure.error};
    return NotPrepared{failure.text.data()};
}

void set_window_size(int terminal, wire::WindowSize size) {
    winsize ws{};
    ws.ws_row = size.rows;
    ws.ws_col = size.columns;
    if (::ioctl(terminal, TIOCSWINSZ, &ws) < 0) base::throw_errno("cannot set the window size");
}

}  // namespace sandgraft::guest
