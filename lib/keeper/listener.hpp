// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <string>

namespace sandgraft::keeper {

/// Where clients come in: the socket in the keeper's directory, which it shows to be in use as long as this lives.
class Listener {
public:
    /// @throws Error io or denied when it cannot listen, or when the directory is somebody else's already.
    explicit Listener(const std::string& directory);

    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] bool is_open() const { return static_cast<bool>(socket_); }

    /// Writes down beside the socket which ports the sandbox publishes, a line for each.
    void tell_ports(const std::string& lines) const;

    /// The next client that may come in; empty when there is none.
    /// @throws Error io when the system has no descriptor for it: it goes on waiting.
    base::Fd accept();

    /// Lets nobody in any more.
    void close() { socket_.reset(); }

private:
    base::Fd directory_;
    base::Fd socket_;
};

/// Whether the other end of a socket was made by a process of this one's user or of root, in this one's user namespace:
/// in another one, a sandbox's, anybody can be root. Not where that cannot be seen.
bool is_trusted_peer(int socket);

}  // namespace sandgraft::keeper
