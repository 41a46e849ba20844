// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "virt/libvirt/handle.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace sandgraft::virt {

class Bridge;

/// Sockets that carry what streams of one connection carry, both ways, moved by libvirt's event loop. Closing a socket
/// aborts its stream once what was sent is delivered; the end of the stream, or of the connection, ends the socket.
class Bridges {
public:
    /// The near end of a new one.
    /// @param stream  a non-blocking stream of the connection.
    base::Fd open(virConnectPtr connection, StreamHandle stream);

    /// Waits until those whose near end was closed have delivered what was sent, but not longer than this altogether,
    /// and then ends all that are left. Not to be called by the thread that serves the events.
    void finish(std::chrono::milliseconds longest);

private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<Bridge>> open_;
};

}  // namespace sandgraft::virt
