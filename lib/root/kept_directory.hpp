// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "root/guard_process.hpp"

#include <string>
#include <vector>

namespace sandgraft::root {

/// Where the directories of kept sandboxes are: /run/sandgraft for root, $XDG_RUNTIME_DIR/sandgraft for others.
/// @throws Error not_found when the user has no such place.
std::string kept_place();

/// The directory of a kept sandbox, in which its keeper listens: there is one for as long as it runs. Its name in the
/// file system is how two starts of one name meet. sandgraft-guard makes it, and takes it away when its last user has
/// gone; it takes over what a guard and a keeper left that were both killed.
class KeptDirectory {
public:
    /// Starts the guard, which then makes the directory.
    /// @param program  the path of sandgraft-guard.
    /// @param name     of the sandbox, one that validate() admits.
    KeptDirectory(const std::string& program, const std::string& name);

    /// Waits for it to be made.
    /// @throws Error exists when a sandbox of this name runs; denied or io when it cannot be made.
    const std::string& path();

    /// The directory stays as long as any copy of this is open.
    [[nodiscard]] int lease() const { return guard_.lease(); }

private:
    KeptDirectory(const std::string& program, const std::string& place, const std::string& name);

    std::string name_;
    std::string path_;
    GuardProcess guard_;
};

/// A port that a keeper shall publish.
struct KeeperPort {
    std::string option;  ///< for whoever asks; ends with a colon and the port inside
    int socket = -1;     ///< listens on the host
};

/// Starts the keeper of a sandbox, nobody's child, which from then on alone decides how long the directory is there.
/// @param program  the path of sandgraft-keeper.
/// @param channel  the host's end of the sandbox's channel.
/// @param creation  the end of a pipe whose other end is closed when libvirt has created the sandbox or has given up.
/// @return the connection of the keeper's first client, which tells it what the sandbox shall run. It ends with the
///         keeper.
base::Fd start_keeper(const std::string& program, const std::string& name, KeptDirectory directory, base::Fd channel,
                      base::Fd creation, const std::vector<KeeperPort>& ports = {});

/// A connection to the keeper of a sandbox.
/// @throws Error not_found when no kept sandbox of this name runs; invalid when it is no name; denied or io.
base::Fd connect_to_keeper(const std::string& name);

/// The options of the ports that the keeper of a sandbox publishes, a line for each; empty where none can be asked.
std::string ports_told_by_keeper(const std::string& name);

}  // namespace sandgraft::root
