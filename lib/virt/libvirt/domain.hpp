// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"
#include "virt/libvirt/connection.hpp"
#include "virt/libvirt/handle.hpp"

#include <memory>

namespace sandgraft::virt {

/// Whether libvirt destroys a domain when the connection that started it closes.
enum class Life { of_connection, its_own };

/// A domain of a connection, which stays open as long as it lives.
std::unique_ptr<Domain> make_domain(SharedConnection connection, DomainHandle domain, Life life);

}  // namespace sandgraft::virt
