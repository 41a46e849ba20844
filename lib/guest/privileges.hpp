// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/user.hpp"

#include <cstdint>

namespace sandgraft::guest {

/// A set of capabilities(7), bit n for capability number n.
using CapabilitySet = std::uint64_t;

/// Makes the calling process that user for good: supplementary groups dropped, exactly these capabilities in every
/// set (inheritable and ambient too, so that they survive execve(2) for any user), and no_new_privs when asked for.
void become(const User& user, CapabilitySet capabilities, bool no_new_privs);

}  // namespace sandgraft::guest
