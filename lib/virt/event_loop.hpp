// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::virt {

/// Sees to it that libvirt's events are delivered: starts one thread for the whole process, unless the program has
/// registered an event implementation of its own (virEventRegisterImpl), which it then runs itself. To be called
/// before the first connection.
void ensure_event_loop();

}  // namespace sandgraft::virt
