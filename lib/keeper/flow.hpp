// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/message.hpp"

#include <sandgraft/error.hpp>

#include <cstddef>
#include <cstdint>

namespace sandgraft::keeper {

/// One stream as it passes through: what its writer may still send, and whether it has ended it. What the side that it
/// goes to would not bear is found out here. Each member throws Error protocol for it.
class Flow {
public:
    /// So many bytes come from the writer.
    void send(std::size_t bytes) {
        if (ended_) throw Error(ErrorCode::protocol, "the peer sent data after the end of its stream");
        if (bytes > allowed_) throw Error(ErrorCode::protocol, "the peer sent more data than it was granted");
        allowed_ -= static_cast<std::uint32_t>(bytes);
    }

    /// The writer has ended it.
    void end() {
        if (ended_) throw Error(ErrorCode::protocol, "the peer ended a stream twice");
        ended_ = true;
    }

    /// The reader has taken so many bytes.
    void grant(std::uint32_t bytes) {
        if (bytes > wire::stream_window - allowed_)
            throw Error(ErrorCode::protocol, "the peer granted more credit than one window");
        allowed_ += bytes;
    }

    [[nodiscard]] std::uint32_t allowed() const { return allowed_; }
    [[nodiscard]] bool ended() const { return ended_; }

private:
    std::uint32_t allowed_ = wire::stream_window;
    bool ended_ = false;
};

}  // namespace sandgraft::keeper
