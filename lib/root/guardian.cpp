// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/guardian.hpp"

#include "base/blocked_signals.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "root/remove.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
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
    int lifeline;
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

/// The process that becomes the guard. It returns only when it cannot.
NOT_SANITIZED int execute(void* data) {
    auto& start = *static_cast<Start*>(data);
    char* environment[] = {nullptr};
    // On 0 already it would be closed: dup2 of a descriptor to itself leaves the flag.
    const int status = start.lifeline == 0 ? ::fcntl(0, F_SETFD, 0) : ::dup2(start.lifeline, 0);
    if (status >= 0) ::execve(start.arguments[0], start.arguments.data(), environment);
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

std::string purpose(const std::string& directory) {
    return "cannot create the directory " + base::quote(directory) + " for a view of the root";
}

}  // namespace

Guardian::Guardian(std::string program) : directory_("/run/sandgraft-" + base::random_hex(8)) {
    auto [read_end, write_end] = base::make_socket_pair();
    Start start{.arguments = {program.data(), directory_.data(), nullptr}, .lifeline = read_end.get()};
    run(start);
    // Never denied or io: a broken installation is not a missing right to mount.
    if (start.exec_error != 0)
        throw Error(ErrorCode::not_found,
                    "cannot execute " + base::quote(program) +
                        ", which belongs beside sandgraft-init: " + std::strerror(start.exec_error));
    if (start.clone_error != 0) base::throw_errno(purpose(directory_), start.clone_error);
    lifeline_ = std::move(write_end);
}

Guardian::~Guardian() {
    if (answer() != 0) return;
    const bool alive = ::send(lifeline_.get(), "x", 1, MSG_NOSIGNAL) == 1;
    if (!alive) remove_directory(directory_.c_str());  // somebody killed the guard
}

const std::string& Guardian::directory() {
    if (answer() != 0) base::throw_errno(purpose(directory_), *answer_);
    return directory_;
}

int Guardian::answer() {
    if (answer_) return *answer_;
    int error = ECONNRESET;  // where somebody killed it
    while (::recv(lifeline_.get(), &error, sizeof error, 0) < 0 && errno == EINTR) {
    }
    answer_ = error;
    return error;
}

}  // namespace sandgraft::root
