// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <string>
#include <vector>

namespace sandgraft::root {

/// What becomes of something that should have gone with this process, and that others might not see the end of.
struct Burial {
    std::string sign{};  ///< a file that is there as long as it is; one that cannot be looked for is not there
    std::string
        watchman{};  ///< a file that whoever removes the sign writes when he begins: another may have missed things
    std::string program{};  ///< what is executed when the sign stays for seconds, or the watchman is another one
    std::vector<std::string> arguments{};
};

/// Starts a process, sandgraft-guard, that looks for the sign as soon as nobody holds the lease any more. Throws what
/// start_apart() does.
/// @param guard  its path.
/// @return the lease, for this process to hold.
base::Fd start_undertaker(const std::string& guard, const Burial& burial);

}  // namespace sandgraft::root
