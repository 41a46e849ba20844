// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/guard_process.hpp"
#include "root/mount_namespace.hpp"

#include <string>

namespace sandgraft::root {

/// A new directory in /run, and a process, sandgraft-guard, that unmounts and removes it as soon as nobody uses it any
/// more: this object has gone, or its process has ended, however, also by SIGKILL at any moment, and nobody else holds
/// the lease. The guard makes the directory itself, so that there is never one without the other. Nothing waits for the
/// removal: the kernel takes about a millisecond to take the mounts apart.
class Guardian {
public:
    /// Starts the guard, which then makes the directory.
    /// @param program  the path of sandgraft-guard, here.
    /// @param place    where the directory is to be.
    /// @throws Error not_found when it cannot be executed, for whatever reason; denied or io when there can be no
    ///         process.
    explicit Guardian(const std::string& program, MountNamespace place = {});
    ~Guardian();
    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;

    /// Its absolute path; nobody but this user may enter it. The first call waits for it to be made.
    /// @throws Error denied or io when it cannot be made.
    const std::string& directory();

    /// A descriptor to hand to another process that uses the directory: it stays as long as any copy of this is open.
    [[nodiscard]] int lease() const { return guard_.lease(); }

private:
    void remove() const;

    MountNamespace place_;
    std::string directory_;
    GuardProcess guard_;
};

}  // namespace sandgraft::root
