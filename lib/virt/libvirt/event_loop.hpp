// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::virt {

/// Registers, once for the whole process, who serves libvirt's events, and keeps libvirt from printing its errors, each
/// of which becomes an Error. A program that has registered an event implementation (virEventRegisterImpl) is a user
/// of libvirt itself: it runs its loop, and its error function stays as it is. To be called before the first
/// connection.
/// @return whether serve_events() is to be called.
bool prepare_libvirt();

/// Starts the one thread that serves libvirt's events, unless the program does that or it runs already. To be called
/// as soon as a connection is open: libvirt gives up on a client that does not answer for half a minute. Not before,
/// because the thread would be woken by every one of the calls that open a connection.
void serve_events();

}  // namespace sandgraft::virt
