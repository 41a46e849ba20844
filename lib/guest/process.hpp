// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "guest/limits.hpp"
#include "guest/privileges.hpp"
#include "guest/user.hpp"
#include "wire/guest_config.hpp"
#include "wire/message.hpp"

#include <sys/types.h>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace sandgraft::guest {

/// Everything about a process but its streams.
struct ProcessSpec {
    User user;
    bool has_host_users = false;  ///< users that the host alone knows are the sandbox's too
    CapabilitySet capabilities = 0;
    bool no_new_privs = true;
    unsigned oom_score = 0;       ///< see offer_to_be_killed()
    std::uint64_t processes = 0;  ///< 0: as it is
    std::vector<wire::GuestConfig::Limit> limits;
    std::string directory;
    std::vector<std::string> argv;
    std::vector<std::string> environment;  ///< K=V, over what environment_of() has
};

/// A process that is being started, and the other ends of its streams.
struct Process {
    pid_t pid = -1;
    base::Fd start;  ///< how the start goes, for progress()
    base::Fd input;  ///< of a terminal: its master, as output; error stays empty then
    base::Fd output;
    base::Fd error;
};

// How far a start has come.
struct Starting {};
struct Running {};
/// execve(2) has failed.
struct NotExecuted {
    int error = 0;
};
/// It did not get so far: no such user, no such directory, no such privileges.
struct NotPrepared {
    std::string reason;
};
using Progress = std::variant<Starting, Running, NotExecuted, NotPrepared>;

/// Both ends of a pseudo terminal; who reads at the first must not block.
struct PseudoTerminal {
    base::Fd master;
    base::Fd slave;
};

PseudoTerminal make_terminal(wire::WindowSize size);

/// Starts processes, each in a session of its own, without waiting for anything: what may take its time, such as a
/// file on a server that is gone, is the child's.
class Starter {
public:
    /// What to start. It is called in the child: what it throws becomes NotPrepared.
    using MakeSpec = std::function<ProcessSpec()>;

    /// With three pipes.
    [[nodiscard]] Process with_pipes(const MakeSpec& make_spec) const;

    /// With a new pseudo terminal as its controlling terminal.
    [[nodiscard]] Process with_terminal(const MakeSpec& make_spec, wire::WindowSize size) const;

    /// The other way round: goes on in a child, and makes of the calling process what this returns. The terminal is
    /// not its controlling one.
    [[nodiscard]] Process from_child(const MakeSpec& make_spec, const PseudoTerminal& terminal) const;

private:
    RaisedDescriptorLimit descriptors_;
};

/// Reads how the start of a process goes, as far as that is known.
Progress progress(const base::Fd& start);

void set_window_size(int terminal, wire::WindowSize size);

}  // namespace sandgraft::guest
