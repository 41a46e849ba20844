// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft {

/// What a process of a sandbox is connected to. The descriptors stay the caller's; their mode is not changed. The
/// functions are called in the thread that is in wait() or dispatch(), one at a time, never while a lock is held; they
/// may call any member but wait(). What they throw comes out of that wait() or dispatch().
struct Streams {
    int input = -1;   ///< -1: the process finds its input at its end
    int output = -1;  ///< -1: output is thrown away
    int error = -1;   ///< -1: error output is thrown away; unused when the process has a terminal

    std::function<void(std::string_view)> on_output{};  ///< takes the output, in pieces, instead of a descriptor
    std::function<void(std::string_view)> on_error{};   ///< likewise the error output

    std::function<void()> on_ready{};  ///< the process runs
    std::function<void()> on_exit{};   ///< it has ended, and all its output is written: exit() tells how
};

/// How a process ended.
struct Exit {
    enum class How {
        status,       ///< by itself
        signal,       ///< killed by a signal
        not_started,  ///< it could not be executed
    };

    How how = How::status;
    int value = 0;                        ///< the status (0-255), the signal's number, or the errno of execve(2)
    bool out_of_memory = false;           ///< the kernel killed a process of the sandbox because its memory was used up
    std::uint64_t peak_memory_bytes = 0;  ///< the most that the sandbox had; 0: unknown, and of all but its own command

    /// libvirt was asked, by another program, to shut the sandbox down, to reboot or to destroy it (virsh shutdown), for
    /// which its own command got SIGTERM.
    bool stopped_by_libvirt = false;

    /// As shells have it: the status, 128+n after signal n, 127 for what does not exist, 126 for what cannot run.
    [[nodiscard]] SANDGRAFT_EXPORT int exit_status() const;

    bool operator==(const Exit&) const = default;
};

/// A program to be run in a sandbox that runs already. What is left empty is as for the sandbox's own command.
struct Program {
    std::vector<std::string> argv{};  ///< argv[0] is searched in the sandbox's PATH when it has no slash
    std::string directory{};          ///< absolute path in the sandbox where it starts
    std::string user{};               ///< "USER" or "USER:GROUP", names or numbers; another user has no capabilities
    std::map<std::string, std::string> environment{};  ///< over that of the sandbox's command
    bool terminal = false;                             ///< gives it a pseudo terminal of its own instead of three pipes

    bool operator==(const Program&) const = default;
};

/// A process of a running sandbox. Destroying it kills one that runs, with its process group; the sandbox goes on. It
/// may outlive the Instance that it is from, which ends it.
///
/// Its streams are relayed while some thread is in wait(), of any process of the sandbox, or calls
/// Instance::dispatch(). Any member may be called from any thread.
class SANDGRAFT_EXPORT Process {
public:
    struct SANDGRAFT_HIDDEN Impl;
    explicit Process(std::unique_ptr<Impl> impl);
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    ~Process();

    /// Relays the streams and waits for the process to exit. All its output is written when this returns its status.
    ///
    /// A terminal at Streams::input of a process with a terminal is in raw mode from the first call on, between the
    /// calls too, until a call returns a status or throws, or the object is destroyed.
    /// @param timeout  zero polls, negative waits for ever; resolution 1 ms.
    /// @return Exit::exit_status(), or nullopt when the time ran out.
    /// @throws Error hypervisor when the sandbox vanished, or the process could not be started for a reason that is not
    ///         execve(2)'s; protocol when the sandbox misbehaved, io when the input could not be read or an output not
    ///         be written, for another reason than a closed pipe. When it has thrown after the end, the next call
    ///         returns the status.
    std::optional<int> wait(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1));

    /// How it ended, as soon as that is known; its output may not be written yet.
    [[nodiscard]] std::optional<Exit> exit() const;

    /// Why it did not start, as soon as that is known, as strerror(3) has it; empty when it did.
    [[nodiscard]] std::string start_error() const;

    /// Sends a signal (1-64) to its process group; none to one that has ended.
    /// @throws Error invalid when there is no such signal.
    void send_signal(int number);

    /// Tells its terminal the size in characters.
    void resize(unsigned rows, unsigned columns);

    /// Tells it the size that the terminal at Streams::input has now; to be called after SIGWINCH.
    void resize();

    /// Gives a terminal that wait() has put in raw mode its own mode back, until resume_terminal(). For a program that
    /// is about to stop (SIGTSTP): whoever has the terminal meanwhile needs it as it was.
    void suspend_terminal();

    /// Takes raw mode again, and tells the process's terminal its size; to be called after SIGCONT, also after one that
    /// suspend_terminal() did not precede. A program in the background is stopped by that (SIGTTOU).
    void resume_terminal();

private:
    friend class Instance;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sandgraft
