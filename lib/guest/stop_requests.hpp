// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <utility>

namespace sandgraft::guest {

/// What libvirt writes when it is asked to shut a container down or to reboot it (virsh shutdown, virsh reboot), into
/// the fifo of System V's init. Without the fifo libvirt 9.0 does nothing then, and calls that a success.
class StopRequests {
public:
    /// Makes the fifo, for root alone.
    StopRequests();

    /// @param fifo  an open one that never blocks.
    explicit StopRequests(base::Fd fifo) : fifo_(std::move(fifo)) {}

    /// Readable when there is something to take.
    [[nodiscard]] int fd() const { return fifo_.get(); }

    /// Takes all that has come.
    /// @return whether the sandbox shall end; one that shall reboot ends as well.
    [[nodiscard]] bool take() const;

private:
    base::Fd fifo_;
};

}  // namespace sandgraft::guest
