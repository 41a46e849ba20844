// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"
#include "virt/libvirt/connection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sandgraft::virt {

/// See Hypervisor::list(). libvirt tells all but the metadata in two answers for the whole list; the metadata it tells
/// of one domain at a time, so several are asked for at once. What libvirt wrongly calls running is buried.
std::vector<DomainInfo> list_domains(const SharedConnection& connection, const std::string& metadata);

/// The element of a namespace, empty where there is none; nullopt when the domain has vanished.
std::optional<std::string> metadata_of(virDomainPtr domain, const std::string& metadata);

}  // namespace sandgraft::virt
