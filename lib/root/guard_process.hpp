// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "root/mount_namespace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sandgraft::root {

/// A process, sandgraft-guard, that makes a directory and takes it away as soon as nobody holds the lease any more.
class GuardProcess {
public:
    /// Starts it. Throws what start_apart() does.
    /// @param program    its path, here.
    /// @param arguments  which directory, see guard.cpp.
    GuardProcess(const std::string& program, std::vector<std::string> arguments, const MountNamespace& place);

    /// The errno with which it made the directory; 0: it is there. The first call waits for it to be made.
    int error();

    /// Whether somebody killed it.
    [[nodiscard]] bool has_ended() const;

    /// As long as any copy of this is open, the directory stays.
    [[nodiscard]] int lease() const { return lease_.get(); }

private:
    base::Fd lease_;
    base::Fd answer_;
    std::optional<int> error_;
};

}  // namespace sandgraft::root
