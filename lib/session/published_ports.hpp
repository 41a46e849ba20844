// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sandgraft/sandbox.hpp>

#include <string>
#include <vector>

namespace sandgraft::session {

/// A published port, and the socket that listens there.
struct ListeningPort {
    PublishedPort port;  ///< the one of the host that was chosen, where any would do
    base::Fd socket;
};

/// Listens at all of them.
/// @throws Error invalid when they make no sense together, denied or io naming the one that cannot be had.
std::vector<ListeningPort> listen_at(const std::vector<PublishedPort>& ports);

/// Where the keeper of a sandbox listens for it; nowhere when there is none of this user.
std::vector<PublishedPort> ports_of_keeper(const std::string& name);

}  // namespace sandgraft::session
