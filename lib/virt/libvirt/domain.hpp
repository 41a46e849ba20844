// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"
#include "virt/libvirt/connection.hpp"
#include "virt/libvirt/handle.hpp"

#include <memory>

namespace sandgraft::virt {

using SharedConnection = std::shared_ptr<Connection>;

/// A domain of a connection, which stays open as long as it lives.
std::unique_ptr<Domain> make_domain(SharedConnection connection, DomainHandle domain);

}  // namespace sandgraft::virt
