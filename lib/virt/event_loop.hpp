// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::virt {

/// Sees to it, once for the whole process, that libvirt's events are delivered, by a thread, and that libvirt does not
/// print its errors, each of which becomes an Error. A program that has registered an event implementation
/// (virEventRegisterImpl) is a user of libvirt itself: it runs its loop, and its error function stays as it is.
/// To be called before the first connection.
void prepare_libvirt();

}  // namespace sandgraft::virt
