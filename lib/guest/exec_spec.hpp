// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/process.hpp"
#include "wire/exec_config.hpp"

namespace sandgraft::guest {

/// A later process: what it does not say itself is as the sandbox's command has it. Its user is looked up in the
/// sandbox's files as they are now, then in what the host told, where that was asked for the command too.
/// @throws Error not_found for an unknown user or group.
ProcessSpec exec_spec(const ProcessSpec& command, const wire::ExecConfig& config);

}  // namespace sandgraft::guest
