// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sandgraft {

/// A running sandbox. Destroying it ends the sandbox, if its command has not ended by itself.
///
/// The command's streams are relayed by wait(), so somebody has to be in it for output to arrive. The other members
/// may be called from other threads meanwhile.
class SANDGRAFT_EXPORT Instance {
public:
    struct SANDGRAFT_HIDDEN Impl;
    explicit Instance(std::unique_ptr<Impl> impl);
    Instance(Instance&&) noexcept;
    Instance& operator=(Instance&&) noexcept;
    ~Instance();

    /// The name of the libvirt domain.
    [[nodiscard]] const std::string& name() const;

    /// The domain document as libvirt has it now; from_domain_xml() reads it back.
    /// @throws Error not_found when the sandbox has ended.
    [[nodiscard]] std::string domain_xml() const;

    /// Relays the command's streams and waits for it to exit. All its output is written when this returns its status,
    /// and the sandbox is then torn down without anybody waiting for it.
    ///
    /// A terminal at StartOptions::input of a command with a terminal is in raw mode from the first call on, between
    /// the calls too, until a call returns a status or throws, or the object is destroyed.
    /// @param timeout  zero polls, negative waits for ever; resolution 1 ms.
    /// @return the exit status (0-255, 128+n after signal n, 127 and 126 when the command was not found or cannot be
    ///         executed), or nullopt when the time ran out.
    /// @throws Error hypervisor when the sandbox vanished or could not be set up, protocol when it misbehaved, io when
    ///         the input could not be read or an output not be written, for another reason than a closed pipe. When it
    ///         has thrown after the command's end, the next call returns the status.
    std::optional<int> wait(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1));

    /// Why the command did not start, as soon as that is known, as strerror(3) has it; empty when it did.
    [[nodiscard]] std::string start_error() const;

    /// Whether the kernel killed a process of the sandbox because its memory (Sandbox::memory_bytes) was used up: the
    /// command itself, whose status is 137 then, or another. To be asked when wait() has returned a status.
    [[nodiscard]] bool out_of_memory() const;

    /// Sends a signal (1-64) to the command's process group.
    void send_signal(int number);

    /// Tells the command's terminal its size in characters.
    void resize(unsigned rows, unsigned columns);

    /// Tells it the size that the terminal at StartOptions::input has now; to be called after SIGWINCH.
    void resize();

    /// Gives a terminal that wait() has put in raw mode its own mode back, until resume_terminal(). For a program that
    /// is about to stop (SIGTSTP): whoever has the terminal meanwhile needs it as it was.
    void suspend_terminal();

    /// Takes raw mode again, and tells the command's terminal its size; to be called after SIGCONT, also after one that
    /// suspend_terminal() did not precede. A program in the background is stopped by that (SIGTTOU).
    void resume_terminal();

    /// Asks the command to end (SIGTERM); wait() tells when it has.
    void stop();

    /// Ends the sandbox at once.
    void destroy();

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace sandgraft
