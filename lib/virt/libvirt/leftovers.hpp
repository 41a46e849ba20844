// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

namespace sandgraft::virt {

/// Does something of which nobody waits for the end, since libvirt may be busy, or hang: in a thread of its own, or in
/// this one where there can be no other. The end of the process waits for all that is under way, but not longer than
/// 50 ms, and then leaves it.
/// @param action  throws nothing.
void finish_later(const std::function<void()>& action);

}  // namespace sandgraft::virt
