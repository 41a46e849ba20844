// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/leader.hpp"
#include "guest/memory_watch.hpp"
#include "guest/stop_requests.hpp"
#include "wire/link.hpp"

#include <cstdint>

namespace sandgraft::guest {

/// Runs what the sandbox is for and the processes that the host starts beside it, relays their streams, reaps every
/// orphan, and returns when the host has taken note of its end or went away.
/// @param version  of the protocol, as greet() has agreed it.
/// @param requests  of the hypervisor, which end it as its signals do.
void supervise(wire::Link& link, std::uint16_t version, Leader& leader, const MemoryWatch& memory,
               const StopRequests& requests);

}  // namespace sandgraft::guest
