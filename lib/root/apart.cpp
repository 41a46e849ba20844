// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/apart.hpp"

#include "base/blocked_signals.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace sandgraft::root {

namespace {

/// The sanitizers mark a function's frame, and who runs it, until it returns, which one that executes a program never
/// does; what is marked would be the client's memory.
#define NOT_SANITIZED __attribute__((no_sanitize("address", "thread")))

/// Enough for a few system calls and the dynamic linker, which may bind them only then.
using Stack = std::array<char, 16384>;

/// What the processes between this one and the program work on: they run in this one's memory.
struct Start {
    char** arguments;
    const int* descriptors;
    int count;
    int program;
    int clone_error = 0;
    int exec_error = 0;
    alignas(16) Stack between{};
    alignas(16) Stack executing{};
};

/// Runs a function as a new process, in this one's memory and on a stack of its own, while this thread waits until the
/// process ends or executes a program; like vfork(2), but without SIGCHLD at the end.
NOT_SANITIZED pid_t clone_and_wait(int (*function)(void*), Stack& stack, Start& start) {
    const pid_t process = ::clone(function, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK, &start);
    if (process < 0) start.clone_error = errno;
    return process;
}

/// Puts the descriptors where the program looks for them: each may be on the number of another one.
NOT_SANITIZED bool place_descriptors(const Start& start) {
    int copies[most_descriptors];
    for (int i = 0; i < start.count; ++i)
        copies[i] = start.descriptors[i] < 0 ? -1 : ::fcntl(start.descriptors[i], F_DUPFD_CLOEXEC, start.count);
    for (int i = 0; i < start.count; ++i)
        if (start.descriptors[i] >= 0 && ::dup2(copies[i], i) < 0) return false;
    return true;
}

/// The process that becomes the program. It returns only when it cannot.
NOT_SANITIZED int execute(void* data) {
    auto& start = *static_cast<Start*>(data);
    char* environment[] = {nullptr};
    const int program = ::fcntl(start.program, F_DUPFD_CLOEXEC, start.count);
    if (program >= 0 && place_descriptors(start)) ::execveat(program, "", start.arguments, environment, AT_EMPTY_PATH);
    start.exec_error = errno;
    return 1;
}

/// The program must not be a child of this one: whichever signal a child was to send at its end, execve(2) makes it
/// SIGCHLD again, and this program's own handling of its children, wait(-1), shall not see that one. So posix_spawn
/// does not serve, and there is a process between them, which is silent, since it executes nothing, and ends at once.
NOT_SANITIZED int start_between(void* data) {
    auto& start = *static_cast<Start*>(data);
    clone_and_wait(execute, start.executing, start);
    return 0;
}

/// Only async-signal-safe calls in the new processes: other threads may hold any lock. And no signals: a handler of the
/// program would run in its memory, but in another process. What is started keeps them blocked.
void run(Start& start) {
    const base::BlockedSignals blocked;
    const pid_t process = clone_and_wait(start_between, start.between, start);
    while (process > 0 && ::waitpid(process, nullptr, static_cast<int>(__WCLONE)) < 0 && errno == EINTR) {
    }
}

Error not_executable(const std::string& program, int error) {
    return {ErrorCode::not_found, "cannot execute " + base::quote(program) +
                                      ", which belongs beside sandgraft-init: " + std::strerror(error)};
}

}  // namespace

void start_apart(const Program& program, const MountNamespace& place) {
    const base::Fd opened(::open(program.path.c_str(), O_PATH | O_CLOEXEC));
    if (!opened) throw not_executable(program.path, errno);
    auto words = program.arguments;
    words.insert(words.begin(), program.path);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    Start start{.arguments = arguments.data(),
                .descriptors = program.descriptors.data(),
                .count = static_cast<int>(program.descriptors.size()),
                .program = opened.get()};
    place.run([&] { run(start); });
    if (start.exec_error != 0) throw not_executable(program.path, start.exec_error);
    if (start.clone_error != 0) base::throw_errno("cannot start " + base::quote(program.path), start.clone_error);
}

}  // namespace sandgraft::root
