// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sandgraft::wire {

/// docs/protocol.md tells who sends which frame, when and with what payload.
enum class FrameType : std::uint8_t {
    hello = 1,
    data = 2,
    eof = 3,
    credit = 4,
    window_size = 5,
    signal = 6,
    exec = 7,
    ready = 8,
    exited = 9,
    stop = 10,
    failed = 11,
    config = 12,
    configured = 13,
    attach = 14,
    destroy = 15,
    connect = 16,
};

/// For messages: "data", "hello", ...
std::string_view name(FrameType type);

constexpr std::size_t frame_header_size = 8;
constexpr std::size_t max_payload = 128 * 1024;

/// How many processes there can be beside the sandbox's own command, and the highest number of one.
constexpr std::uint16_t most_processes = 1024;

/// How many connections to ports inside there can be. Their numbers follow those of processes.
constexpr std::uint16_t most_connections = 1024;
constexpr std::uint16_t highest_number = most_processes + most_connections;

struct Frame {
    FrameType type{};
    std::uint8_t stream = 0;    ///< of data, eof and credit; 0 in all others
    std::uint16_t process = 0;  ///< 0: the sandbox's own command, up to most_processes: those started later, above:
                                ///< a connection
    std::string_view payload;
};

/// The eight bytes before a payload: its length, type, stream and process, little-endian.
std::string encode_header(FrameType type, std::uint8_t stream, std::uint16_t process, std::size_t payload_size);

std::string encode(const Frame& frame);

/// Cuts a byte stream into frames. Never holds more than one frame of the largest size and one read.
class FrameDecoder {
public:
    FrameDecoder();

    /// Where the next bytes go; never empty after next() returned nullopt.
    std::span<char> space();
    void filled(std::size_t bytes) { end_ += bytes; }

    /// The next whole frame; its payload is valid until space() is called.
    /// @throws Error protocol for an unknown type, a stream or process on a frame that has none, a process or payload
    ///         above what there can be. The decoder is of no more use then.
    std::optional<Frame> next();

    /// Whether the stream stops between two frames.
    [[nodiscard]] bool empty() const { return begin_ == end_; }

private:
    std::unique_ptr<char[]> buffer_;  ///< memory only as far as it has been used
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace sandgraft::wire
