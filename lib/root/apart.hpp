// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/mount_namespace.hpp"

#include <string>
#include <vector>

namespace sandgraft::root {

/// One of Sandgraft's own programs, and what it is started with.
struct Program {
    std::string path{};                    ///< here, wherever it is to run
    std::vector<std::string> arguments{};  ///< behind its name
    std::vector<int> descriptors{};        ///< what it finds as 0, 1, ...; -1: what this process has there
};

/// That a program can be given.
inline constexpr std::size_t most_descriptors = 72;

/// Executes a program as nobody's child: this process neither has to wait for it nor learns of its end. It gets an
/// empty environment, and all its signals are blocked; it inherits what this process has not marked close-on-exec, and
/// its terminal, session and directory, which are its own to give up.
/// @param place  the mount namespace that it lives in.
/// @throws Error not_found when it cannot be executed, for whatever reason: never denied or io, since a broken
///         installation is not a missing right. Denied or io when there can be no process.
void start_apart(const Program& program, const MountNamespace& place = {});

}  // namespace sandgraft::root
