// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/process.hpp"

#include "guest/limits.hpp"

#include "base/text.hpp"
#include "guest/memory_watch.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace sandgraft::guest {

namespace {

constexpr int pipe_size = 256 * 1024;  ///< fewer switches between the command and init than the default 64 KiB
constexpr mode_t default_umask = 022;

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

void take_streams(const Streams& streams, bool terminal) {
    for (int fd = 0; fd < 3; ++fd)
        if (::dup2(streams[static_cast<std::size_t>(fd)].get(), fd) < 0) base::throw_errno("cannot set up a stream");
    if (terminal && ::ioctl(0, TIOCSCTTY, 0) < 0) base::throw_errno("cannot take the controlling terminal");
    if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0) base::throw_errno("cannot close the other descriptors");
}

void prepare(const ProcessSpec& spec, const Streams& streams, bool terminal) {
    ::setsid();
    take_streams(streams, terminal);
    ::umask(default_umask);
    offer_to_be_killed(spec.oom_score);  // while /proc/self belongs to this process
    set_limits(spec.processes, spec.limits);
    become(spec.user, spec.capabilities, spec.no_new_privs);
    if (::chdir(spec.directory.c_str()) < 0)
        base::throw_errno("cannot start in the directory " + base::quote(spec.directory) + " of the sandbox");
    reset_signals();
}

/// How a child that could not run the command says why.
struct StartFailure {
    int error = 0;  ///< of execve(2); 0: the reason is the text
    std::array<char, 512> text{};
};

/// Runs in the child; returns only when the command does not run.
StartFailure execute(const ProcessSpec& spec, const Streams& streams, bool terminal) {
    StartFailure failure;
    try {
        prepare(spec, streams, terminal);
        auto environment = pointers(spec.environment);
        environ = environment.data();
        auto argv = pointers(spec.argv);
        ::execvp(argv[0], argv.data());  // searches the PATH of the environment that was just set
        failure.error = errno;
    } catch (const Error& error) {
        ::strncpy(failure.text.data(), error.what(), failure.text.size() - 1);
    }
    return failure;
}

/// Starts the child; the streams are its ends. Waits until it runs the command or has failed.
void launch(Process& process, const ProcessSpec& spec, Streams streams, bool terminal) {
    auto [status_read, status_write] = base::make_pipe();
    process.pid = ::fork();
    if (process.pid < 0) base::throw_errno("cannot fork");
    if (process.pid == 0) {
        const StartFailure failure = execute(spec, streams, terminal);
        (void)!::write(status_write.get(), &failure, sizeof failure);  // less than PIPE_BUF: whole or not at all
        ::_exit(1);
    }
    for (auto& stream : streams) stream.reset();
    status_write.reset();
    StartFailure failure;
    ssize_t n = 0;
    do n = ::read(status_read.get(), &failure, sizeof failure);
    while (n < 0 && errno == EINTR);
    if (n == 0) return;
    if (failure.error == 0) throw Error(ErrorCode::hypervisor, failure.text.data());
    process.start_error = failure.error;
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

Process start_with_pipes(const ProcessSpec& spec) {
    auto [input_read, input_write] = make_stream_pipe();
    auto [output_read, output_write] = make_stream_pipe();
    auto [error_read, error_write] = make_stream_pipe();
    for (const auto* fd : {&input_write, &output_read, &error_read}) base::set_nonblocking(fd->get());
    Process process;
    process.input = std::move(input_write);
    process.output = std::move(output_read);
    process.error = std::move(error_read);
    // A pipe of init belongs to root: the command may open /dev/stdout anew only when it owns it.
    for (const auto* fd : {&input_read, &output_write, &error_write})
        if (::fchown(fd->get(), spec.user.uid, spec.user.gid) < 0) base::throw_errno("cannot give a pipe to the user");
    launch(process, spec, {std::move(input_read), std::move(output_write), std::move(error_write)}, false);
    return process;
}

Process start_with_terminal(const ProcessSpec& spec, wire::WindowSize size) {
    base::Fd master = base::checked(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK),
                                    "cannot open '/dev/ptmx' in the sandbox");
    const int unlock = 0;
    if (::ioctl(master.get(), TIOCSPTLCK, &unlock) < 0) base::throw_errno("cannot unlock the pseudo terminal");
    base::Fd slave = base::checked(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC),
                                   "cannot open the pseudo terminal");
    if (::fchown(slave.get(), spec.user.uid, static_cast<gid_t>(-1)) < 0)
        base::throw_errno("cannot give the pseudo terminal to the user");
    set_window_size(master.get(), size);
    Process process;
    process.input = duplicate(master);
    process.output = std::move(master);
    launch(process, spec, {duplicate(slave), duplicate(slave), duplicate(slave)}, true);
    return process;
}

void set_window_size(int terminal, wire::WindowSize size) {
    winsize ws{};
    ws.ws_row = size.rows;
    ws.ws_col = size.columns;
    if (::ioctl(terminal, TIOCSWINSZ, &ws) < 0) base::throw_errno("cannot set the window size");
}

}  // namespace sandgraft::guest
