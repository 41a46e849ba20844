// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>

namespace sandgraft::wire {

namespace {

constexpr char more_follows = 0;
constexpr char is_last = 1;

/// @param what  is in it, for the message.
std::string encode_pieces(FrameType type, std::uint16_t process, std::string_view config, const char* what) {
    if (config.size() > largest_config)
        throw Error(ErrorCode::unsupported, std::string(what) + " make " + std::to_string(config.size()) +
                                                " bytes, its init takes " + std::to_string(largest_config));
    std::string frames;
    do {
        const auto piece = config.substr(0, max_payload - 1);
        config.remove_prefix(piece.size());
        frames += encode_header(type, 0, process, piece.size() + 1);
        frames += config.empty() ? is_last : more_follows;
        frames += piece;
    } while (!config.empty());
    return frames;
}

}  // namespace

std::string encode_config(std::string_view config) {
    return encode_pieces(FrameType::config, 0, config, "the arguments, environment and files of the sandbox");
}

std::string encode_exec(std::uint16_t process, std::string_view config) {
    return encode_pieces(FrameType::exec, process, config, "the arguments and environment of a process in the sandbox");
}

bool is_last_piece(const Frame& frame) {
    if (frame.payload.empty() || (frame.payload[0] != is_last && frame.payload[0] != more_follows))
        throw Error(ErrorCode::protocol, "the peer sent a malformed frame '" + std::string(name(frame.type)) + "'");
    return frame.payload[0] == is_last;
}

std::optional<std::string> ConfigReceiver::take(const Frame& frame) {
    const bool last = is_last_piece(frame);
    config_ += frame.payload.substr(1);
    if (config_.size() > largest_config) throw Error(ErrorCode::protocol, "the peer sent too long a configuration");
    if (!last) return std::nullopt;
    return std::move(config_);
}

}  // namespace sandgraft::wire
