// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/module.hpp"

/// What another version of Sandgraft installs.
const char sandgraft_module_version[] = "0.0.0";

sandgraft::virt::Hypervisor* sandgraft_open_hypervisor(const char* /*uri*/) { return nullptr; }
