// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"
#include "wire/frame.hpp"

#include <poll.h>
#include <unistd.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sandgraft::test {

struct ReceivedFrame {
    wire::FrameType type{};
    std::uint8_t stream = 0;
    std::string payload;
    std::uint16_t process = 0;
    bool operator==(const ReceivedFrame&) const = default;
};

/// The other end of a channel: sends bytes and takes frames one by one.
class Peer {
public:
    explicit Peer(base::Fd fd) : fd_(std::move(fd)) {}

    [[nodiscard]] int fd() const { return fd_.get(); }
    void send(std::string_view bytes) const { base::write_all(fd_.get(), bytes, "the channel"); }
    void close() { fd_.reset(); }

    /// The next frame; nullopt at the end of the channel or when none came in time.
    std::optional<ReceivedFrame> receive(int timeout_ms = 20000) {
        for (;;) {
            if (const auto frame = decoder_.next())
                return ReceivedFrame{frame->type, frame->stream, std::string(frame->payload), frame->process};
            pollfd entry{fd_.get(), POLLIN, 0};
            if (::poll(&entry, 1, timeout_ms) <= 0) return std::nullopt;
            const auto space = decoder_.space();
            const ssize_t n = ::read(fd_.get(), space.data(), space.size());
            if (n <= 0) return std::nullopt;
            decoder_.filled(static_cast<std::size_t>(n));
        }
    }

    /// What is there now.
    std::optional<ReceivedFrame> poll() { return receive(0); }

private:
    base::Fd fd_;
    wire::FrameDecoder decoder_;
};

}  // namespace sandgraft::test
