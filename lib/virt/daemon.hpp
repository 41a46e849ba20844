// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>
#include <optional>

namespace sandgraft::virt {

/// The process that listens for this machine's libvirt, at the other end of a connection that this process has: the
/// daemon or, where systemd listens for it, the first process, in whose mount namespace the daemon then runs. 0: it is
/// in a PID namespace that cannot be seen from here. None: there is no such connection.
///
/// No connection is made to find out, which the daemon would log, and count.
std::optional<pid_t> listening_process();

}  // namespace sandgraft::virt
