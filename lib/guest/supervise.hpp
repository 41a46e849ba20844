// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/memory_watch.hpp"
#include "guest/process.hpp"
#include "wire/link.hpp"

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

/// Runs the command, relays its streams, reaps every orphan, and returns when the host has taken note of its end or
/// went away.
/// @param version  of the protocol, as greet() has agreed it.
/// @param window  the size of its terminal; null: it gets pipes.
/// @param memory  asked at the command's end whether processes were killed for want of memory.
void supervise(wire::Link& link, std::uint16_t version, const ProcessSpec& spec, const wire::WindowSize* window,
               const MemoryWatch& memory);

}  // namespace sandgraft::guest
