// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <optional>
#include <string>

namespace sandgraft::root {

/// A new directory in /run, and a process, sandgraft-guard, that unmounts and removes it as soon as this process ends,
/// however it ends, also by SIGKILL at any moment: the guard makes the directory itself, so that there is never one
/// without the other. Destroying the guardian has the directory removed without waiting for it: the kernel takes about
/// a millisecond to take the mounts apart.
class Guardian {
public:
    /// Starts the guard, which then makes the directory.
    /// @param program  the path of sandgraft-guard.
    /// @throws Error not_found when it cannot be executed, for whatever reason; denied or io when there can be no
    ///         process.
    explicit Guardian(std::string program);
    ~Guardian();
    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;

    /// Its absolute path; nobody but this user may enter it. The first call waits for it to be made.
    /// @throws Error denied or io when it cannot be made.
    const std::string& directory();

private:
    /// The errno with which the directory was made.
    int answer();

    std::string directory_;
    base::Fd lifeline_;
    std::optional<int> answer_;
};

}  // namespace sandgraft::root
