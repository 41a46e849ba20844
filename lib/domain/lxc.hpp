// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <string>
#include <string_view>

namespace sandgraft::domain {

/// Where the guest's init is bound in a container.
inline constexpr std::string_view guest_init = "/run/sandgraft-init";

/// The console device that can carry the channel, as libvirt names it in a running container.
inline constexpr const char* channel_console = "console1";

/// In microseconds; a processor's worth of time is a quota of so many.
inline constexpr double cpu_period = 100'000;

/// The container of a valid description.
/// @param provision  without empty members.
std::string lxc_document(const Sandbox& sandbox, const Capabilities& capabilities, const Provision& provision);

}  // namespace sandgraft::domain
