// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

namespace sandgraft::session {

/// Asks this machine's user database, with all that nsswitch.conf(5) names, for the user of a configuration, and adds
/// its answers. Init cannot: it is linked statically, and a directory service is not to be reached from inside.
void ask_user_database(wire::GuestConfig& config);

}  // namespace sandgraft::session
