// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/process.hpp>
#include <sandgraft/sandbox.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandgraft {

/// How somebody takes part in the command of a sandbox that outlives its program.
struct Attachment {
    bool kept_output = false;  ///< first what the command has said before, as far as it is kept: the last 1 MiB
    bool live = true;          ///< then what it says, until it ends

    /// Keys that leave the command to itself when they are typed one after the other at a terminal at Streams::input,
    /// where the command has one too; it does not get them. Empty: none do.
    std::string detach_keys{};

    bool operator==(const Attachment&) const = default;
};

/// How far the system of a sandbox that boots into services has come.
enum class Readiness {
    none,    ///< it may not even run
    booted,  ///< systemd runs, and answers
    ready,   ///< it has done all that it was asked for, and every goal is active or has succeeded
};

/// A unit that does not run as it should.
struct FailedUnit {
    std::string name{};
    std::string result{};  ///< in systemd's words, such as "exit-code"; "in progress" when it was in time's way
    std::vector<std::string> log{};  ///< the last lines of its journal, where there is one

    bool operator==(const FailedUnit&) const = default;
};

struct BootResult {
    bool reached = false;  ///< it is as far as was asked for
    bool in_time = true;
    std::vector<FailedUnit> failed{};  ///< when it is not, those that have failed or still start

    bool operator==(const BootResult&) const = default;
};

/// A running sandbox. Destroying it ends the sandbox, if its command has not ended by itself; but one that was started
/// with Host::start_kept() goes on.
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

    /// Finds a sandbox of Host::start_kept(), of the same user or, for root, of root. It needs no connection to
    /// libvirt: sandgraft-keeper answers, and lets in its own user and root only.
    /// @param deadline  how long the sandbox may take to be set up, where it is just being started.
    /// @throws Error not_found when no such sandbox runs, denied when it is another's, hypervisor when it fails to
    /// start.
    static Instance connect(const std::string& name,
                            std::chrono::milliseconds deadline = std::chrono::milliseconds(30000));

    /// The name of the libvirt domain.
    [[nodiscard]] const std::string& name() const;

    /// The domain document as libvirt has it now; from_domain_xml() reads it back.
    /// @throws Error not_found when the sandbox has ended, unsupported after connect(): ask Host::find().
    [[nodiscard]] std::string domain_xml() const;

    /// The ports of the host that lead into it.
    [[nodiscard]] const std::vector<PublishedPort>& ports() const;

    /// Whether the command has a terminal.
    [[nodiscard]] bool has_terminal() const;

    /// The sandbox's own command, with the streams of StartOptions; after connect(), without streams. The sandbox ends
    /// with it.
    [[nodiscard]] Process& command();

    /// Waits for the command, see Process::wait(). The sandbox is torn down afterwards without anybody waiting for it.
    std::optional<int> wait(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1));

    /// Starts another process in the sandbox, beside its command and up to 1,024 at a time. Returns at once: that it
    /// runs, or why it does not, shows in the process. When the command ends, the others are killed.
    /// @throws Error invalid when the program makes no sense, unsupported when there are too many, or when the sandbox
    ///         was started by a release that knows no other processes.
    [[nodiscard]] Process exec(const Program& program, const Streams& streams = {});

    /// Waits until the system of a sandbox that boots into services is so far, or cannot be: sh and systemctl of its
    /// root are asked. Relays meanwhile, as wait() does. A sandbox that was started with a command is ready.
    /// @param timeout  negative waits for ever; telling why may take longer.
    /// @throws Error as Process::wait(), such as hypervisor when the sandbox has ended.
    BootResult await_boot(Readiness readiness, std::chrono::milliseconds timeout = std::chrono::milliseconds(90000));

    /// Takes part in the command of a sandbox of Host::start_kept(): its output comes to these streams, too, and where
    /// there is an input, that becomes the command's. One at a time may have the input; it stays open when that one
    /// leaves, and ends when its Streams::input does. Whoever has the live output and does not read slows the command.
    /// @return what looks like a process, and ends with the command or, without live output, with what was kept.
    ///         Destroying it leaves the command alone.
    /// @throws Error unsupported of a sandbox that ends with its program. Process::wait() throws hypervisor when
    /// another
    ///         has the input.
    [[nodiscard]] Process attach(const Attachment& what, const Streams& streams);

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

    /// Ends the sandbox at once, also one that outlives this instance. wait(), also one that waits now, returns the
    /// command's status where init could still tell it, and throws hypervisor otherwise.
    void destroy();

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace sandgraft
