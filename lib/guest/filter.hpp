// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::guest {

/// Makes the kernel refuse to this process and all that it starts, in every ABI of the machine, what no permission of
/// a file refuses: to set a setuid or setgid bit, and to read the kernel's log. openat2(2) and io_uring, whose
/// arguments no filter sees, look as if the kernel did not have them.
/// Needs CAP_SYS_ADMIN in the process's user namespace, or no_new_privs.
void restrict_system_calls();

}  // namespace sandgraft::guest
