// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "domain/reading.hpp"

#include <sandgraft/sandbox.hpp>

namespace sandgraft::domain {

/// Whether a host says what a description leaves open.
void check_capabilities(const Sandbox& sandbox, const Capabilities& capabilities);

/// With all its defaults filled in.
Provision completed(const Sandbox& sandbox, const Provision& given);

/// @param provision  without empty members.
Written written_for(const Sandbox& sandbox, const Capabilities& capabilities, const Provision& provision);

}  // namespace sandgraft::domain
