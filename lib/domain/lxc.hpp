// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <string>
#include <string_view>

namespace sandgraft::domain {

/// Where the guest's init is bound in a container.
inline constexpr std::string_view guest_init = "/run/sandgraft-init";

/// The container of a valid description.
std::string lxc_document(const Sandbox& sandbox, const Capabilities& capabilities);

}  // namespace sandgraft::domain
