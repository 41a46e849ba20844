// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/libvirt/connection.hpp"
#include "virt/libvirt/handle.hpp"

namespace sandgraft::virt {

/// Tells the containers that run from those that libvirt only calls running: libvirt 9.0's daemon now and then misses
/// the first word of a container's controller, and so its end.
class Controllers {
public:
    explicit Controllers(const Connection& connection);

    /// Whether a domain had a controller, by what libvirt told with it, that is no more. False where this process
    /// cannot know: libvirt is elsewhere, or in another PID namespace.
    [[nodiscard]] bool has_lost(virDomainPtr domain) const;

private:
    bool visible_;
};

/// Whether libvirt knows a domain that neither runs nor is defined: one whose end there was no daemon to see.
bool is_ghost(virDomainPtr domain);

/// Has libvirt destroy what is left of a domain that has lost its controller, or forget one that is a ghost, and waits
/// for that, but not for ever.
/// @return whether it was one.
bool bury_if_ended(const SharedConnection& connection, virDomainPtr domain);

/// The same of a domain that is known to be one; nobody waits.
void bury_later(const SharedConnection& connection, virDomainPtr domain);

}  // namespace sandgraft::virt
