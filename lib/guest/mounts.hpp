// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <vector>

namespace sandgraft::guest {

/// Enters a user namespace that maps every id to itself, and a mount namespace of its own. In it init may mount,
/// while the mounts that the host made, and that they are read-only, are locked (user_namespaces(7)); and no
/// process of the sandbox has a capability over the host's own user namespace.
void enter_user_namespace();

/// Makes /dev/shm, which POSIX shared memory and semaphores need and libvirt does not make.
void make_shared_memory();

/// Makes what the hypervisor has not made: files, masks, private temporary directories and guest binds.
void make_mounts(const std::vector<wire::GuestConfig::Mount>& mounts);

/// Lets any user of the sandbox's own network listen on the ports below 1024: CAP_NET_BIND_SERVICE over it belongs to
/// the host's user namespace (network_namespaces(7)), so nobody inside can have it.
void open_low_ports();

/// Makes the parts of /proc and /sys read-only through which root could act on the host even without capabilities.
void harden_kernel_files();

/// Masks for the parts that tell root about the host's memory and keys.
std::vector<wire::GuestConfig::Mount> kernel_masks();

}  // namespace sandgraft::guest
