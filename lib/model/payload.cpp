// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/payload.hpp"

namespace sandgraft::model {

const Command& command_to_start(const Sandbox& sandbox) { return sandbox.command; }

}  // namespace sandgraft::model
