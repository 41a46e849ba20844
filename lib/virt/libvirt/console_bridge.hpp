// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "virt/libvirt/handle.hpp"

namespace sandgraft::virt {

/// A socket that carries what a non-blocking stream of a connection carries, both ways, moved by libvirt's event loop.
/// Closing the socket aborts the stream once what was sent is delivered; the end of the stream, or of the connection,
/// ends the socket.
base::Fd bridge_stream(virConnectPtr connection, StreamHandle stream);

}  // namespace sandgraft::virt
