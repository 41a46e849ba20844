// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"
#include "wire/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::wire {

/// What sandgraft-init has to know of a process that it shall start beside the sandbox's own command. All else is as
/// the command has it: no_new_privs, limits, score, and its capabilities where the user is the command's or root; no
/// capabilities for any other.
struct ExecConfig {
    std::string user{};               ///< USER or USER:GROUP, each a name or a number; empty: as the command
    bool asked_host = false;          ///< these are the user database's of the client's machine, see GuestConfig;
    std::vector<Account> accounts{};  ///< where the command's configuration has asked it too, they count
    std::vector<std::uint32_t> gids{};
    std::string directory{};  ///< empty: as the command
    bool terminal = false;
    WindowSize window{};  ///< of the terminal
    std::vector<std::string> argv{};
    std::vector<std::string> environment{};  ///< K=V, over the command's own

    bool operator==(const ExecConfig&) const = default;
};

/// As that of a GuestConfig.
std::string encode(const ExecConfig& config);

/// @throws Error invalid naming the field; also when a field is missing, unknown or there is no command.
ExecConfig decode_exec_config(std::string_view text);

}  // namespace sandgraft::wire
