// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

namespace sandgraft::session {

/// Looks at the host, where that is this machine, for what would make the start fail or change the host: missing
/// sources, and missing targets, which the hypervisor would otherwise create in a writable directory of the host.
/// @throws Error not_found or invalid naming the mount or path.
void check_host_paths(const Sandbox& sandbox, const Capabilities& capabilities);

}  // namespace sandgraft::session
