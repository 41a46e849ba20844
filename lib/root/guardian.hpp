// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>
#include <string>

namespace sandgraft::root {

/// A process beside this one that unmounts and removes a directory as soon as this process ends, however it ends,
/// also by SIGKILL. Destroying the guardian does it at once.
class Guardian {
public:
    /// Guards an existing directory, with whatever is mounted on it later; removes it when that fails.
    explicit Guardian(std::string directory);
    ~Guardian();
    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;

private:
    std::string directory_;
    base::Fd lifeline_;
    pid_t process_ = -1;
};

}  // namespace sandgraft::root
