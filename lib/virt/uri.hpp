// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::virt {

/// What a libvirt connection URI, "driver[+transport]://[user@][server]/path", tells without asking libvirt.
struct Uri {
    std::string driver;  ///< "lxc", "qemu"
    bool local = false;  ///< it names no server and no transport to one: libvirt runs on this machine
    std::string socket;  ///< the path at which that is to be reached; empty: its own
};

/// Nullopt for what has no "://": an alias that only libvirt's configuration resolves.
std::optional<Uri> parse_uri(std::string_view text);

}  // namespace sandgraft::virt
