// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <sandgraft/sandbox.hpp>

namespace sandgraft::domain {

/// What the guest's init has to know of a valid description, whatever the backend.
wire::GuestConfig guest_config(const Sandbox& sandbox, const Capabilities& capabilities);

}  // namespace sandgraft::domain
