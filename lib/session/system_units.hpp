// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/payload.hpp>

namespace sandgraft::session {

/// Whatever is mounted when a sandbox begins stays until its end: has the units that end it not try to take it away.
void keep_mounts(UnitSet& units);

/// Adds what a sandbox has beside the units of its root: a slice for the processes that somebody starts in it, and for
/// the bare profile, which has nothing else, what ends it in order.
void complete(UnitTree& tree, const Services& services);

}  // namespace sandgraft::session
