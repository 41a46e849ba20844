// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/memory_watch.hpp"
#include "guest/process.hpp"
#include "guest/stop_requests.hpp"
#include "wire/link.hpp"

#include <cstdint>

namespace sandgraft::guest {

/// Runs the sandbox's command and the processes that the host starts beside it, relays their streams, reaps every
/// orphan, and returns when the host has taken note of the command's end or went away.
/// @param version  of the protocol, as greet() has agreed it.
/// @param command  what the others have of it, exec_spec() says.
/// @param window  the size of the command's terminal; null: it gets pipes.
/// @param requests  of the hypervisor, which end the command as its signals do.
void supervise(wire::Link& link, std::uint16_t version, const ProcessSpec& command, const wire::WindowSize* window,
               const MemoryWatch& memory, const StopRequests& requests);

}  // namespace sandgraft::guest
