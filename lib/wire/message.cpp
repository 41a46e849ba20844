// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/message.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <initializer_list>
#include <utility>

namespace sandgraft::wire {

namespace {

constexpr std::uint8_t last_signal = 64;
constexpr std::uint32_t largest_errno = 4095;
constexpr std::size_t longest_reason = 4096;

// The bits of flags.
constexpr std::uint8_t hello_terminal = 1;
constexpr std::uint8_t out_of_memory_bit = 1;
constexpr std::uint8_t stopped_bit = 2;
constexpr std::uint8_t attach_kept = 1;
constexpr std::uint8_t attach_live = 2;
constexpr std::uint8_t attach_input = 4;

/// Little-endian integers out of a payload.
class Reader {
public:
    /// @param extensible  more than the right size is right too: a later version may have added to it.
    Reader(const Frame& frame, std::size_t size, bool extensible = false) : rest_(frame.payload) {
        if (rest_.size() != size && !(extensible && rest_.size() > size))
            throw Error(ErrorCode::protocol, "the peer sent a frame '" + std::string(name(frame.type)) + "' of " +
                                                 std::to_string(rest_.size()) + " bytes instead of " +
                                                 std::to_string(size));
    }

    template <std::unsigned_integral T>
    T take() {
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(rest_[i])) << (8 * i));
        rest_.remove_prefix(sizeof(T));
        return value;
    }

    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

template <std::unsigned_integral... T>
std::string bytes(T... values) {
    std::string out;
    const auto put = [&out](auto value) {
        for (std::size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
    };
    (put(values), ...);
    return out;
}

std::string control(std::uint16_t process, FrameType type, std::string_view payload) {
    return encode(Frame{type, 0, process, payload});
}

std::uint8_t flags(std::initializer_list<std::pair<std::uint8_t, bool>> bits) {
    std::uint8_t out = 0;
    for (const auto& [bit, set] : bits) out = static_cast<std::uint8_t>(out | (set ? bit : 0));
    return out;
}

[[noreturn]] void impossible(const Frame& frame, std::uint64_t value) {
    throw Error(ErrorCode::protocol, "the peer sent a frame '" + std::string(name(frame.type)) +
                                         "' with the impossible value " + std::to_string(value));
}

std::string versions(std::uint16_t oldest, std::uint16_t newest) {
    if (oldest == newest) return "version " + std::to_string(oldest);
    return "versions " + std::to_string(oldest) + " to " + std::to_string(newest);
}

}  // namespace

int Exited::exit_status() const {
    switch (how) {
        case How::status: return static_cast<int>(value);
        case How::signal: return 128 + static_cast<int>(value);
        case How::not_started: break;
    }
    return value == ENOENT || value == ENOTDIR ? 127 : 126;
}

std::string encode(const Hello& message) {
    return control(0, FrameType::hello,
                   bytes(message.oldest, message.newest, message.window.rows, message.window.columns,
                         flags({{hello_terminal, message.terminal}})));
}

std::string encode_window_size(std::uint16_t process, WindowSize size) {
    return control(process, FrameType::window_size, bytes(size.rows, size.columns));
}

std::string encode_exited(std::uint16_t process, const Exited& exited, std::uint16_t version) {
    const bool is_told = exited.stopped && version >= exec_version;
    const auto facts =
        static_cast<std::uint8_t>((exited.out_of_memory ? out_of_memory_bit : 0) | (is_told ? stopped_bit : 0));
    auto payload = bytes(static_cast<std::uint8_t>(exited.how), exited.value, facts);
    if (version >= exec_version) payload += bytes(exited.peak_memory);
    return control(process, FrameType::exited, payload);
}

std::string encode_attach(std::uint16_t process, const Attach& attach) {
    return control(
        process, FrameType::attach,
        bytes(flags({{attach_kept, attach.kept}, {attach_live, attach.live}, {attach_input, attach.input}})));
}

std::string encode_connect(std::uint16_t number, std::uint16_t port) {
    return control(number, FrameType::connect, bytes(port));
}

std::string encode_data(std::uint16_t process, Stream stream, std::string_view data) {
    return encode(Frame{FrameType::data, static_cast<std::uint8_t>(stream), process, data});
}

std::string encode_credit(std::uint16_t process, Stream stream, std::uint32_t count) {
    return encode(Frame{FrameType::credit, static_cast<std::uint8_t>(stream), process, bytes(count)});
}

std::string encode_eof(std::uint16_t process, Stream stream) {
    return encode(Frame{FrameType::eof, static_cast<std::uint8_t>(stream), process, {}});
}

std::string encode_signal(std::uint16_t process, std::uint8_t number) {
    return control(process, FrameType::signal, bytes(number));
}

std::string encode_failed(std::uint16_t process, std::string_view reason) {
    return control(process, FrameType::failed, reason.substr(0, longest_reason));
}

std::string encode_empty(std::uint16_t process, FrameType type) { return control(process, type, {}); }

/// Version 1 ends before the flags; bits that are not known yet say nothing.
Hello decode_hello(const Frame& frame) {
    Reader reader(frame, 8, true);
    Hello hello;
    hello.oldest = reader.take<std::uint16_t>();
    hello.newest = reader.take<std::uint16_t>();
    hello.window.rows = reader.take<std::uint16_t>();
    hello.window.columns = reader.take<std::uint16_t>();
    if (!reader.empty()) hello.terminal = (reader.take<std::uint8_t>() & hello_terminal) != 0;
    if (hello.oldest == 0) impossible(frame, hello.oldest);
    if (hello.newest < hello.oldest) impossible(frame, hello.newest);
    return hello;
}

std::uint16_t negotiate(const Hello& peer) {
    const auto version = std::min(peer.newest, newest_version);
    if (version >= std::max(peer.oldest, oldest_version)) return version;
    throw Error(ErrorCode::protocol, "the peer speaks " + versions(peer.oldest, peer.newest) +
                                         " of the channel protocol, this side " +
                                         versions(oldest_version, newest_version));
}

WindowSize decode_window_size(const Frame& frame) {
    Reader reader(frame, 4);
    WindowSize size;
    size.rows = reader.take<std::uint16_t>();
    size.columns = reader.take<std::uint16_t>();
    return size;
}

Exited decode_exited(const Frame& frame, std::uint16_t version) {
    const bool is_newer = version >= exec_version;
    Reader reader(frame, is_newer ? 14 : 6);
    const auto how = reader.take<std::uint8_t>();
    const auto value = reader.take<std::uint32_t>();
    const auto facts = reader.take<std::uint8_t>();
    constexpr std::array<std::uint32_t, 3> smallest = {0, 1, 1};
    constexpr std::array<std::uint32_t, 3> largest = {255, last_signal, largest_errno};
    if (how >= largest.size()) impossible(frame, how);
    if (value < smallest[how] || value > largest[how]) impossible(frame, value);
    if (facts > (is_newer ? out_of_memory_bit | stopped_bit : out_of_memory_bit)) impossible(frame, facts);
    const auto peak = is_newer ? reader.take<std::uint64_t>() : 0;
    return {static_cast<Exited::How>(how), value, (facts & out_of_memory_bit) != 0, peak, (facts & stopped_bit) != 0};
}

Attach decode_attach(const Frame& frame) {
    const auto bits = Reader(frame, 1).take<std::uint8_t>();
    if (bits > (attach_kept | attach_live | attach_input)) impossible(frame, bits);
    return {(bits & attach_kept) != 0, (bits & attach_live) != 0, (bits & attach_input) != 0};
}

std::uint16_t decode_connect(const Frame& frame) {
    const auto port = Reader(frame, 2).take<std::uint16_t>();
    if (port == 0) impossible(frame, port);
    return port;
}

std::uint32_t decode_credit(const Frame& frame) {
    const auto count = Reader(frame, 4).take<std::uint32_t>();
    if (count == 0 || count > stream_window) impossible(frame, count);
    return count;
}

std::uint8_t decode_signal(const Frame& frame) {
    const auto number = Reader(frame, 1).take<std::uint8_t>();
    if (number == 0 || number > last_signal) impossible(frame, number);
    return number;
}

Stream decode_stream(const Frame& frame) {
    if (frame.stream > static_cast<std::uint8_t>(Stream::error)) impossible(frame, frame.stream);
    return static_cast<Stream>(frame.stream);
}

Stream decode_eof(const Frame& frame) {
    decode_empty(frame);
    return decode_stream(frame);
}

std::string decode_failed(const Frame& frame) {
    if (frame.payload.empty()) return "the peer failed and did not say why";
    return base::printable(frame.payload.substr(0, longest_reason));
}

void decode_empty(const Frame& frame) { (void)Reader(frame, 0); }

}  // namespace sandgraft::wire
