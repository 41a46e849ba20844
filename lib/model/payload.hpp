// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sandgraft::model {

/// A set of capabilities(7), bit n for capability number n.
using CapabilitySet = std::uint64_t;

/// The set of capabilities with these names, in lower case and without "CAP_".
CapabilitySet capability_set(std::span<const std::string> names);

/// What a payload is given.
struct PayloadFacts {
    std::span<const std::string_view> init_capabilities;  ///< what init needs over the host's user namespace
    CapabilitySet capabilities = 0;                       ///< the payload's, over the sandbox's own user namespace
    bool no_new_privs = true;                             ///< nothing that it executes gains privileges
    bool read_only_sys = true;                            ///< /sys and all that is mounted in it, cgroups too
};

/// The one place that says what a payload is given; the hypervisor's document and, over the wire, init ask it.
PayloadFacts facts_of(const Payload& payload, bool privileged);

/// Whether what the sandbox runs for has a terminal instead of three pipes: systemd has a console.
bool has_terminal(const Payload& payload);

/// Whether a payload makes sense by itself.
void check_payload(const Payload& payload);

}  // namespace sandgraft::model
