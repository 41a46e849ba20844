// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <vector>

namespace sandgraft::guest {

/// Enters a user namespace that maps every id to itself, and a mount namespace of its own. In it init may mount,
/// while the mounts that the host made, and that they are read-only, are locked (user_namespaces(7)); and no
/// process of the sandbox has a capability over the host's own user namespace. The control groups that it is in become
/// the topmost that the sandbox knows of.
void enter_user_namespace();

/// Enters one more of the same kind, in which all that init has mounted is locked as well, and control groups cannot be
/// mounted: those of the sandbox belong to the namespace before. For a payload that may mount itself.
void enter_inner_user_namespace();

/// Makes what the hypervisor has not made: /dev/shm for POSIX shared memory and semaphores, then the mounts of the
/// configuration: files, masks, private temporary directories and guest binds. Before them it closes the parts of /proc
/// and /sys that tell root of the host, or through which root could act on it even without capabilities: a guest bind
/// shows them at a second place.
void make_mounts(const wire::GuestConfig& config);

/// Lets any user of the sandbox's own network listen on the ports below 1024: CAP_NET_BIND_SERVICE over it belongs to
/// the host's user namespace (network_namespaces(7)), so nobody inside can have it.
void open_low_ports();

}  // namespace sandgraft::guest
