// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <vector>

namespace sandgraft::virt {

/// What tells a connection's socket, of which libvirt does not speak, from every other that the process has: it was not
/// there before, and leads where the connection does. To be made before the connection is opened.
class OtherSockets {
public:
    OtherSockets();

    /// The process that listens at the other end of the connection that has been opened since; 0: it is in a PID
    /// namespace that cannot be seen from here. None: there is no such connection, or more than one that it may be.
    /// @param path  that the connection was to be made to; empty: that of a daemon of the machine's.
    [[nodiscard]] std::optional<pid_t> listener(const std::string& path) const;

private:
    std::vector<ino_t> known_;
};

/// The process that listens now where another one did. systemd may have a child of its own listen, which ends at once,
/// and then keeps the socket itself.
pid_t successor(pid_t listener);

}  // namespace sandgraft::virt
