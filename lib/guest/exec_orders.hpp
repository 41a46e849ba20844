// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/config_transfer.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace sandgraft::guest {

/// Puts the configurations of processes together, whose pieces may come in turns. What has come of all of them is
/// bounded.
class ExecOrders {
public:
    /// @return the configuration of the frame's process, once it is complete.
    /// @throws Error when that process cannot be started: its frame is malformed, or it was too much.
    std::optional<std::string> take(const wire::Frame& frame);

    /// Forgets what has come of a process.
    /// @return whether there was something.
    bool cancel(std::uint16_t process) { return orders_.erase(process) != 0; }

private:
    struct Order {
        wire::ConfigReceiver receiver;
        bool refused = false;  ///< the rest is waited for only
    };

    [[nodiscard]] std::size_t size() const;

    std::map<std::uint16_t, Order> orders_;
};

}  // namespace sandgraft::guest
