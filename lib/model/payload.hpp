// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

namespace sandgraft::model {

/// The command, which is all that this version starts.
const Command& command_to_start(const Sandbox& sandbox);

}  // namespace sandgraft::model
