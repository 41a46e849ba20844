// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>
#include <string>

namespace sandgraft::root {

/// A new directory in /run, and a process beside this one that unmounts and removes it as soon as this process ends,
/// however it ends, also by SIGKILL at any moment: the process makes the directory itself, so that there is never one
/// without the other. Destroying the guardian removes it at once.
class Guardian {
public:
    /// @throws Error denied or io when there can be no process or no directory.
    Guardian();
    ~Guardian();
    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;

    /// Its absolute path; nobody but this user may enter it.
    [[nodiscard]] const std::string& directory() const { return directory_; }

private:
    /// Waits for the process to end.
    void join() const;

    std::string directory_;
    base::Fd lifeline_;
    pid_t process_ = -1;
};

}  // namespace sandgraft::root
