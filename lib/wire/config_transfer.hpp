// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/frame.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::wire {

/// The most that an encoded configuration, of a sandbox or of a later process, may hold: files, arguments and
/// environment together.
constexpr std::size_t largest_config = 16 * 1024 * 1024;

/// The frames that carry the encoded configuration of a sandbox, however long.
/// @throws Error unsupported when it is larger than largest_config.
std::string encode_config(std::string_view config);

/// The same for a process that is to be started in it; see wire::ExecConfig.
std::string encode_exec(std::uint16_t process, std::string_view config);

/// Whether no frame of the same configuration follows.
/// @throws Error protocol for a malformed frame.
bool is_last_piece(const Frame& frame);

/// Puts the frames together again.
class ConfigReceiver {
public:
    /// @return the configuration, once it is complete.
    /// @throws Error protocol for a malformed frame, or when it grows too large.
    std::optional<std::string> take(const Frame& frame);

    /// How much has come so far.
    [[nodiscard]] std::size_t size() const { return config_.size(); }

private:
    std::string config_;
};

}  // namespace sandgraft::wire
