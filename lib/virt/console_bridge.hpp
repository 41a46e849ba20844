// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "virt/handle.hpp"

namespace sandgraft::virt {

/// A socket that carries what a non-blocking stream carries, both ways, moved by libvirt's event loop. Closing the
/// socket aborts the stream once what was sent is delivered; the end of the stream ends the socket.
base::Fd bridge_stream(StreamHandle stream);

}  // namespace sandgraft::virt
