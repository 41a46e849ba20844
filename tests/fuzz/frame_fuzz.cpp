// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz/require.hpp"
#include "wire/config_transfer.hpp"
#include "wire/frame.hpp"
#include "wire/message.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>

namespace {

using namespace sandgraft::wire;

/// What a decoder makes of a byte stream.
struct Decoded {
    std::string frames;  ///< all of them, encoded again
    bool refused = false;
    bool operator==(const Decoded&) const = default;
};

/// Reads the frame's payload as the message that its type says.
void read_message(const Frame& frame) {
    try {
        switch (frame.type) {
            case FrameType::hello:
                sandgraft::fuzz::require(
                    encode(decode_hello(frame)).substr(frame_header_size, 8) == frame.payload.substr(0, 8),
                    "a hello is what its first bytes say");
                break;
            case FrameType::config:
            case FrameType::exec: (void)ConfigReceiver().take(frame); break;
            case FrameType::window_size: (void)decode_window_size(frame); break;
            case FrameType::exited: {
                const std::uint16_t version = frame.payload.size() == 6 ? oldest_version : newest_version;
                const auto exited = decode_exited(frame, version);
                const int status = exited.exit_status();
                sandgraft::fuzz::require(status >= 0 && status <= 255, "an exit status is a byte");
                sandgraft::fuzz::require(encode_exited(frame.process, exited, version) == encode(frame),
                                         "an end is what its bytes say");
                break;
            }
            case FrameType::attach:
                sandgraft::fuzz::require(encode_attach(frame.process, decode_attach(frame)) == encode(frame),
                                         "an attachment is what its bytes say");
                break;
            case FrameType::connect:
                sandgraft::fuzz::require(encode_connect(frame.process, decode_connect(frame)) == encode(frame),
                                         "a port is what its bytes say");
                break;
            case FrameType::credit: (void)decode_credit(frame); break;
            case FrameType::signal: (void)decode_signal(frame); break;
            case FrameType::data: (void)decode_stream(frame); break;
            case FrameType::eof: (void)decode_eof(frame); break;
            case FrameType::configured:
            case FrameType::ready:
            case FrameType::destroy:
            case FrameType::stop: decode_empty(frame); break;
            case FrameType::failed:
                sandgraft::fuzz::require(decode_failed(frame).find_first_of("\n\r\x1b") == std::string::npos,
                                         "a reason is one printable line");
                break;
        }
    } catch (const sandgraft::Error&) {
    }
}

Decoded decode(std::string_view bytes, std::size_t chunk) {
    Decoded decoded;
    FrameDecoder decoder;
    try {
        while (!bytes.empty()) {
            const auto space = decoder.space();
            sandgraft::fuzz::require(!space.empty(), "there is always room for more");
            const std::size_t n = std::min({chunk, space.size(), bytes.size()});
            std::copy_n(bytes.data(), n, space.data());
            decoder.filled(n);
            bytes.remove_prefix(n);
            while (const auto frame = decoder.next()) {
                read_message(*frame);
                decoded.frames += encode(*frame);
            }
        }
    } catch (const sandgraft::Error&) {
        decoded.refused = true;
    }
    return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Decoded whole = decode(bytes, bytes.size());
    sandgraft::fuzz::require(bytes.starts_with(whole.frames), "frames are the bytes that came");
    sandgraft::fuzz::require(decode(bytes, 1 + size % 7) == whole, "frames do not depend on how the bytes come");
    return 0;
}
