// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"

#include <memory>
#include <string>

namespace sandgraft::virt {

/// Opens a connection, through the module that is linked with libvirt. It is loaded by the first call and stays loaded:
/// a program that never connects has nothing of libvirt in its memory, nor waits for it to be linked.
/// @param modules  the directory of the module; empty: "sandgraft" beside this library, the library's own directory,
///                 or where it was to be installed. Only the last in a program that is linked with the static library.
/// @throws Error not_found when there is no module or it cannot be loaded, unsupported when it belongs to another
///         version of Sandgraft or the program is linked with -static, hypervisor or denied when libvirt cannot be
///         reached.
std::shared_ptr<const Hypervisor> open_hypervisor(const std::string& uri, const std::string& modules);

/// Where the module lies that the same would load.
std::string module_directory(const std::string& modules);

}  // namespace sandgraft::virt
