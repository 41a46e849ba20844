// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/libvirt/console_bridge.hpp"
#include "virt/libvirt/event_loop.hpp"
#include "virt/libvirt/handle.hpp"

#include <sys/types.h>
#include <memory>
#include <optional>
#include <string>

namespace sandgraft::virt {

/// An open connection. Its end waits until what was sent to consoles is delivered, in reason.
class Connection {
public:
    /// @throws Error hypervisor or denied with libvirt's reason.
    explicit Connection(const std::string& uri);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] virConnectPtr get() const { return handle_.get(); }

    /// As libvirt has it, aliases resolved.
    [[nodiscard]] const std::string& uri() const { return uri_; }

    /// Whether libvirt runs on this machine and is reached over a Unix socket.
    [[nodiscard]] bool is_local() const;

    /// See Hypervisor.
    [[nodiscard]] std::optional<pid_t> listening_process() const;

    /// False when the daemon, or the way to it, went away.
    [[nodiscard]] bool is_alive() const { return ::virConnectIsAlive(handle_.get()) == 1; }

    /// Whether a thread of this library serves its events.
    [[nodiscard]] bool served_here() const { return events_.served_here(); }

    /// The near end of a socket that carries a console of a domain.
    [[nodiscard]] base::Fd bridge(StreamHandle stream) { return bridges_.open(handle_.get(), std::move(stream)); }

private:
    EventUser events_;
    ConnectHandle handle_;
    std::string uri_;
    std::optional<pid_t> listener_;  ///< when it was opened
    Bridges bridges_;
};

using SharedConnection = std::shared_ptr<Connection>;

/// A connection that is closed in a thread of its own: libvirt serves nobody while it tears a container down, and may
/// not answer at all. Where the program serves the events, it is closed at once, because the program may end its loop
/// when it has no connection any more.
/// @throws Error as its constructor.
SharedConnection open_shared(const std::string& uri);

}  // namespace sandgraft::virt
