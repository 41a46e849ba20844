// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "root/terminal_modes.hpp"

#include <string>

namespace sandgraft::root {

/// Gives a terminal its mode back when this process ends in a way that leaves no time for it, SIGKILL above all. Nobody
/// depends on it: where there can be no guard, there is none.
class TerminalGuard {
public:
    /// @param program  the path of sandgraft-guard.
    explicit TerminalGuard(std::string program) : program_(std::move(program)) {}

    /// The first time that it is raw the guard is started.
    void tell(int terminal, const TerminalModes& modes) noexcept;

private:
    std::string program_;
    base::Fd pipe_;
};

}  // namespace sandgraft::root
