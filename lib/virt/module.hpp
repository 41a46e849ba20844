// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"

#include <sandgraft/export.hpp>

/// What the module exports, and nothing else. Library and module share classes, so they have to be of one version.
extern "C" {
/// The version that the module was built as.
SANDGRAFT_EXPORT extern const char sandgraft_module_version[];

/// A new connection, which the caller owns. It throws sandgraft::Error.
SANDGRAFT_EXPORT sandgraft::virt::Hypervisor* sandgraft_open_hypervisor(const char* uri);
}
