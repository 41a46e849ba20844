// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/process.hpp"
#include "wire/link.hpp"

namespace sandgraft::guest {

/// Greets the host and waits for its greeting.
/// @throws Error protocol when the host goes away or says something else.
wire::Hello greet(wire::Link& link);

/// Runs the command as the host's hello asks for, relays its streams, reaps every orphan, and returns when the host
/// has taken note of its end or went away.
void supervise(wire::Link& link, const ProcessSpec& spec, bool terminal, const wire::Hello& hello);

}  // namespace sandgraft::guest
