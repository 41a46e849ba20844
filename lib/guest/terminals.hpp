// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::guest {

/// Gives the sandbox pseudo terminals of its own in place of libvirt's, which are the console and the channel to the
/// host: nothing inside can open those any more. What init has open stays open.
void make_terminals();

}  // namespace sandgraft::guest
