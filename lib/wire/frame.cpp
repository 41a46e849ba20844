// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/frame.hpp"

#include <sandgraft/error.hpp>

#include <array>
#include <cstring>

namespace sandgraft::wire {

namespace {

constexpr std::size_t buffer_size = 2 * (frame_header_size + max_payload);

struct Header {
    std::uint32_t length;
    std::uint8_t type;
    std::uint8_t stream;
    std::uint16_t process;
};
static_assert(sizeof(Header) == frame_header_size);
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the frame header is written as it lies in memory");

bool has_stream(FrameType type) {
    return type == FrameType::data || type == FrameType::eof || type == FrameType::credit;
}

bool has_process(FrameType type) {
    return type != FrameType::hello && type != FrameType::config && type != FrameType::configured;
}

void check(const Header& header) {
    if (header.type < static_cast<std::uint8_t>(FrameType::hello) ||
        header.type > static_cast<std::uint8_t>(FrameType::connect))
        throw Error(ErrorCode::protocol, "the peer sent a frame of unknown type " + std::to_string(header.type));
    const auto type = static_cast<FrameType>(header.type);
    const std::string what = "a frame '" + std::string(name(type)) + "' ";
    if (header.stream != 0 && !has_stream(type))
        throw Error(ErrorCode::protocol, "the peer sent " + what + "of stream " + std::to_string(header.stream) +
                                             ", where there are no streams");
    if (header.process > (has_process(type) ? highest_number : 0))
        throw Error(ErrorCode::protocol,
                    "the peer sent " + what + "of process " + std::to_string(header.process) + ", which cannot be");
    if (header.length > max_payload)
        throw Error(ErrorCode::protocol, "the peer announced " + what + "of " + std::to_string(header.length) +
                                             " bytes, more than the " + std::to_string(max_payload) + " allowed");
}

}  // namespace

std::string_view name(FrameType type) {
    constexpr std::array<std::string_view, 17> names = {
        "",       "hello", "data",   "eof",    "credit",     "window_size", "signal",  "exec",   "ready",
        "exited", "stop",  "failed", "config", "configured", "attach",      "destroy", "connect"};
    return names[static_cast<std::size_t>(type)];
}

std::string encode_header(FrameType type, std::uint8_t stream, std::uint16_t process, std::size_t payload_size) {
    if (payload_size > max_payload) throw Error(ErrorCode::protocol, "a frame's payload is too large to send");
    const Header header{static_cast<std::uint32_t>(payload_size), static_cast<std::uint8_t>(type), stream, process};
    return {reinterpret_cast<const char*>(&header), sizeof header};
}

std::string encode(const Frame& frame) {
    std::string bytes = encode_header(frame.type, frame.stream, frame.process, frame.payload.size());
    bytes += frame.payload;
    return bytes;
}

FrameDecoder::FrameDecoder() : buffer_(new char[buffer_size]) {}

std::span<char> FrameDecoder::space() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ > buffer_size / 2 && begin_ > 0) {
        std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return std::span(buffer_.get(), buffer_size).subspan(end_);
}

std::optional<Frame> FrameDecoder::next() {
    if (end_ - begin_ < frame_header_size) return std::nullopt;
    Header header{};
    std::memcpy(&header, buffer_.get() + begin_, sizeof header);
    check(header);
    if (end_ - begin_ < frame_header_size + header.length) return std::nullopt;
    const std::string_view payload(buffer_.get() + begin_ + frame_header_size, header.length);
    begin_ += frame_header_size + header.length;
    return Frame{static_cast<FrameType>(header.type), header.stream, header.process, payload};
}

}  // namespace sandgraft::wire
