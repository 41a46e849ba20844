// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/guardian.hpp"

#include "base/blocked_signals.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "root/remove.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace sandgraft::root {

namespace {

/// The address sanitizer marks a function's frame until it returns, which one that executes a program never does; what
/// is marked would be the client's memory.
#define NOT_SANITIZED __attribute__((no_sanitize("address")))

/// Enough for a few system calls and the dynamic linker, which may bind them only then.
using Stack = std::array<char, 16384>;

/// What the processes between this one and the guard work on: they run in this one's memory.
struct Start {
    std::array<char*, 3> arguments;
    int program;
    int lease;   ///< the end that the guard reads
    int answer;  ///< the end that it writes
    int clone_error = 0;
    int exec_error = 0;
    alignas(16) Stack between{};
    alignas(16) Stack guard{};
};

/// Runs a function as a new process, in this one's memory and on a stack of its own, while this thread waits until the
/// process ends or executes a program; like vfork(2), but without SIGCHLD at the end.
NOT_SANITIZED pid_t clone_and_wait(int (*function)(void*), Stack& stack, Start& start) {
    const pid_t process = ::clone(function, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK, &start);
    if (process < 0) start.clone_error = errno;
    return process;
}

/// The process that becomes the guard. It returns only when it cannot. Either end may be on 0 or 1 itself.
NOT_SANITIZED int execute(void* data) {
    auto& start = *static_cast<Start*>(data);
    char* environment[] = {nullptr};
    const int lease = ::fcntl(start.lease, F_DUPFD, 2);
    const int answer = ::fcntl(start.answer, F_DUPFD, 2);
    const int program = ::fcntl(start.program, F_DUPFD_CLOEXEC, 2);
    if (program >= 0 && ::dup2(lease, 0) == 0 && ::dup2(answer, 1) == 1)
        ::execveat(program, "", start.arguments.data(), environment, AT_EMPTY_PATH);
    start.exec_error = errno;
    return 1;
}

/// The guard must not be a child of the program: whichever signal a child was to send at its end, execve(2) makes it
/// SIGCHLD again, and the program's own handling of its children, wait(-1), shall not see this one. So posix_spawn
/// does not serve, and there is a process between them, which is silent, since it executes nothing, and ends at once.
NOT_SANITIZED int start_guard(void* data) {
    auto& start = *static_cast<Start*>(data);
    clone_and_wait(execute, start.guard, start);
    return 0;
}

/// Only async-signal-safe calls in the new processes: other threads may hold any lock. And no signals: a handler of the
/// program would run in its memory, but in another process. The guard keeps them blocked.
void run(Start& start) {
    const base::BlockedSignals blocked;
    const pid_t process = clone_and_wait(start_guard, start.between, start);
    while (process > 0 && ::waitpid(process, nullptr, static_cast<int>(__WCLONE)) < 0 && errno == EINTR) {
    }
}

/// Never denied or io: a broken installation is not a missing right to mount.
Error not_executable(const std::string& program, int error) {
    return {ErrorCode::not_found, "cannot execute " + base::quote(program) +
                                      ", which belongs beside sandgraft-init: " + std::strerror(error)};
}

std::string purpose(const std::string& directory) {
    return "cannot create the directory " + base::quote(directory) + " for a view of the root";
}

}  // namespace

Guardian::Guardian(const std::string& program, MountNamespace place)
    : place_(std::move(place)), directory_("/run/sandgraft-" + base::random_hex(8)) {
    const base::Fd opened(::open(program.c_str(), O_PATH | O_CLOEXEC));
    if (!opened) throw not_executable(program, errno);
    auto [lease, kept_lease] = base::make_pipe();
    auto [kept_answer, answer] = base::make_pipe();
    std::string name = program;
    Start start{.arguments = {name.data(), directory_.data(), nullptr},
                .program = opened.get(),
                .lease = lease.get(),
                .answer = answer.get()};
    place_.run([&] { run(start); });
    if (start.exec_error != 0) throw not_executable(program, start.exec_error);
    if (start.clone_error != 0) base::throw_errno(purpose(directory_), start.clone_error);
    lease_ = std::move(kept_lease);
    answer_ = std::move(kept_answer);
}

Guardian::~Guardian() {
    if (error() != 0) return;
    pollfd end{.fd = answer_.get(), .events = 0, .revents = 0};
    if (::poll(&end, 1, 0) > 0) remove();  // somebody killed the guard
}

void Guardian::remove() const {
    try {
        place_.run([&] { remove_directory(directory_.c_str()); });
    } catch (const Error&) {
        // Then there is nobody who can.
    }
}

const std::string& Guardian::directory() {
    if (error() != 0) base::throw_errno(purpose(directory_), error());
    return directory_;
}

int Guardian::error() {
    if (error_) return *error_;
    int error = 0;
    ssize_t n = 0;
    do n = ::read(answer_.get(), &error, sizeof error);
    while (n < 0 && errno == EINTR);
    error_ = n == sizeof error ? error : ECONNRESET;  // where somebody killed it
    return *error_;
}

}  // namespace sandgraft::root
