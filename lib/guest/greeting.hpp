// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/link.hpp"
#include "wire/message.hpp"

#include <cstdint>
#include <string>

namespace sandgraft::guest {

/// What the host says before anything is set up.
struct Orders {
    std::uint16_t version = 0;  ///< that both sides speak
    wire::WindowSize window;
    std::string config;  ///< encoded; see wire::GuestConfig
};

/// Greets the host and waits for its greeting and its orders.
/// @throws Error protocol when the host goes away, says something else, or speaks no version that this side does.
Orders greet(wire::Link& link);

/// Waits for the host to let a sandbox end that has failed: it says `stop`, or ends the channel.
void await_leave(wire::Link& link);

/// A frame that the host may not send.
/// @throws Error protocol naming it.
[[noreturn]] void unexpected(const wire::Frame& frame);

}  // namespace sandgraft::guest
