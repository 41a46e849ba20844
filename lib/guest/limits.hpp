// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <sys/resource.h>
#include <cstdint>
#include <vector>

namespace sandgraft::guest {

/// Limits the calling process and what it starts: the processes and threads of each user to that number or what is
/// allowed already, 0 for as it is; then each of the limits as given.
/// @throws Error denied when one is above what libvirt's daemon may use.
void set_limits(std::uint64_t processes, const std::vector<wire::GuestConfig::Limit>& limits);

/// Lets the calling process have as many descriptors as it may: init has three of each process that it serves.
class RaisedDescriptorLimit {
public:
    RaisedDescriptorLimit();

    /// Gives the calling process, a child, the limit that there was.
    void restore() const;

private:
    rlimit before_{};
};

}  // namespace sandgraft::guest
