// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/process.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sandgraft {

/// A running sandbox. Destroying it ends the sandbox, if its command has not ended by itself.
///
/// Nothing is relayed behind the caller's back: either threads are in wait(), of the instance or of its processes, and
/// take turns at relaying for all; or one thread has an event loop, waits there for descriptor() and calls dispatch().
/// Any member may be called from any thread, but the destructor by the last who uses it.
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

    /// The sandbox's own command, with the streams of StartOptions. The sandbox ends with it.
    [[nodiscard]] Process& command();

    /// Waits for the command, see Process::wait(). The sandbox is torn down afterwards without anybody waiting for it.
    std::optional<int> wait(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1));

    /// Starts another process in the sandbox, beside its command and up to 1,024 at a time. Returns at once: that it
    /// runs, or why it does not, shows in the process. When the command ends, the others are killed.
    /// @throws Error invalid when the program makes no sense, unsupported when there are too many, or when the sandbox
    ///         was started by a release that knows no other processes.
    [[nodiscard]] Process exec(const Program& program, const Streams& streams = {});

    /// A descriptor that is readable whenever dispatch() has something to do, for poll(2), a GSource and the like. It
    /// stays the instance's.
    [[nodiscard]] int descriptor() const;

    /// Relays what can be relayed without waiting, for the command and all processes, and calls the functions of their
    /// Streams. Does nothing while another thread waits, which does it.
    /// @throws Error as Process::wait(), once, when the sandbox has ended before its command did. The processes that
    ///         ran then have ended with it, and their functions are not called any more.
    void dispatch();

    /// Asks the command to end (SIGTERM); wait() tells when it has.
    void stop();

    /// Ends the sandbox at once. wait(), also one that waits now, returns the command's status where init could still
    /// tell it, and throws hypervisor otherwise.
    void destroy();

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace sandgraft
