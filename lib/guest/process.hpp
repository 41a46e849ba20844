// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "guest/privileges.hpp"
#include "guest/user.hpp"
#include "wire/guest_config.hpp"
#include "wire/message.hpp"

#include <sys/types.h>
#include <cstdint>
#include <string>
#include <vector>

namespace sandgraft::guest {

/// Everything about a command but its streams.
struct ProcessSpec {
    User user;
    CapabilitySet capabilities = 0;
    bool no_new_privs = true;
    unsigned oom_score = 0;       ///< see offer_to_be_killed()
    std::uint64_t processes = 0;  ///< 0: as it is
    std::vector<wire::GuestConfig::Limit> limits;
    std::string directory;
    std::vector<std::string> argv;
    std::vector<std::string> environment;  ///< K=V, with a PATH
};

/// A command that was started, or that could not be, and the other ends of its streams.
struct Process {
    pid_t pid = -1;
    base::Fd input;  ///< of a terminal: its master, as output; error stays empty then
    base::Fd output;
    base::Fd error;
    int start_error = 0;  ///< the errno of execve(2); 0 once the command runs
};

/// Starts a command in a session of its own with three pipes.
/// @throws Error when it cannot get as far as to be executed: no such directory, no such privileges.
Process start_with_pipes(const ProcessSpec& spec);

/// Starts a command in a session of its own with a new pseudo terminal as its controlling terminal.
Process start_with_terminal(const ProcessSpec& spec, wire::WindowSize size);

void set_window_size(int terminal, wire::WindowSize size);

}  // namespace sandgraft::guest
