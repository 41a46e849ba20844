// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "domain/reading.hpp"

#include <sandgraft/sandbox.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::domain {

/// Where the guest's init is bound in a container.
inline constexpr std::string_view guest_init = "/run/sandgraft-init";

/// The console device that can carry the channel, as libvirt names it in a running container.
inline constexpr const char* channel_console = "console1";

/// In microseconds; a processor's worth of time is a quota of so many.
inline constexpr double cpu_period = 100'000;

/// @throws Error unsupported when it is too long for a container.
void check_container_name(const std::string& name);

/// What libvirt is told of swap, which it writes to the control group as it stands: what a sandbox may swap out is part
/// of its memory.
/// @param memory_bytes  the limit of memory; 0: there is none.
std::optional<std::uint64_t> swap_limit(std::uint64_t memory_bytes, SwapLimit counted);

/// The filesystem at /run.
Mount run_filesystem(const Sandbox& sandbox, const Written& written);

/// What makes a directory in memory: libvirt makes those for a directory that it mounts and for no file, so a small
/// filesystem serves.
Mount target_directory(const std::string& path);

/// The container of a valid description.
/// @param provision  without empty members.
std::string lxc_document(const Sandbox& sandbox, const Capabilities& capabilities, const Provision& provision);

}  // namespace sandgraft::domain
