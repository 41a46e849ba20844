// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/message.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "wire/config_transfer.hpp"

#include <cerrno>
#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

using namespace sandgraft::wire;
using sandgraft::test::error_of;
using How = Exited::How;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

/// The only frame in some bytes; they have to outlive it.
Frame only_frame(const std::string& encoded) {
    return Frame{static_cast<FrameType>(encoded.at(4)), static_cast<std::uint8_t>(encoded.at(5)),
                 static_cast<std::uint16_t>(static_cast<unsigned char>(encoded.at(6)) | encoded.at(7) << 8),
                 std::string_view(encoded).substr(frame_header_size)};
}

/// The frames in some bytes; they have to outlive them.
std::vector<Frame> frames_of(const std::string& encoded) {
    std::vector<Frame> frames;
    for (std::string_view rest = encoded; !rest.empty();) {
        const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(rest[i])} << (8 * i); };
        const std::size_t length = byte(0) | byte(1) | byte(2) | byte(3);
        frames.push_back({static_cast<FrameType>(rest[4]), 0, 0, rest.substr(frame_header_size, length)});
        rest.remove_prefix(frame_header_size + length);
    }
    return frames;
}

}  // namespace

TEST_CASE("messages are the bytes that docs/protocol.md says") {
    struct {
        std::string encoded;
        FrameType type;
        int stream;
        std::string payload;
    } const rows[] = {
        {encode(Hello{1, 2, {0x0203, 0x0405}}), FrameType::hello, 0, bytes({1, 0, 2, 0, 3, 2, 5, 4, 0})},
        {encode(Hello{1, 2, {}, true}), FrameType::hello, 0, bytes({1, 0, 2, 0, 0, 0, 0, 0, 1})},
        {encode_window_size(0, WindowSize{24, 0x0150}), FrameType::window_size, 0, bytes({24, 0, 0x50, 1})},
        {encode_exited(0, Exited{How::signal, 9, false, 7, true}, 1), FrameType::exited, 0, bytes({1, 9, 0, 0, 0, 0})},
        {encode_exited(0, Exited{How::signal, 15, false, 7, true}, 2), FrameType::exited, 0,
         bytes({1, 15, 0, 0, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0})},
        {encode_exited(0, Exited{How::status, 3, true, 0x0102030405060708}, 2), FrameType::exited, 0,
         bytes({0, 3, 0, 0, 0, 1, 8, 7, 6, 5, 4, 3, 2, 1})},
        {encode_attach(0, Attach{.kept = true, .input = true}), FrameType::attach, 0, bytes({5})},
        {encode_attach(0, Attach{.live = true}), FrameType::attach, 0, bytes({2})},
        {encode_connect(0, 0x0150), FrameType::connect, 0, bytes({0x50, 1})},
        {encode_data(0, Stream::output, "text"), FrameType::data, 1, "text"},
        {encode_empty(0, FrameType::destroy), FrameType::destroy, 0, ""},
        {encode_credit(0, Stream::error, 0x00010203), FrameType::credit, 2, bytes({3, 2, 1, 0})},
        {encode_eof(0, Stream::output), FrameType::eof, 1, ""},
        {encode_signal(0, 15), FrameType::signal, 0, bytes({15})},
        {encode_failed(0, "why"), FrameType::failed, 0, "why"},
    };
    for (const auto& row : rows) {
        const Frame frame = only_frame(row.encoded);
        INFO(name(row.type));
        CHECK(frame.type == row.type);
        CHECK(frame.stream == row.stream);
        CHECK(frame.payload == row.payload);
        CHECK(row.encoded == encode(Frame{row.type, static_cast<std::uint8_t>(row.stream), 0, row.payload}));
    }
}

TEST_CASE("a message of a process has its number") {
    for (const auto& encoded :
         {encode_window_size(0x0102, {1, 1}), encode_exited(0x0102, {}, 2), encode_attach(0x0102, {}), encode_connect(0x0102, 80),
          encode_data(0x0102, Stream::input, "x"), encode_credit(0x0102, Stream::input, 1),
          encode_eof(0x0102, Stream::input), encode_signal(0x0102, 9), encode_failed(0x0102, "why"),
          encode_empty(0x0102, FrameType::stop)})
        CHECK(only_frame(encoded).process == 0x0102);
}

TEST_CASE("messages are read back as they were written") {
    for (const auto& hello : {Hello{}, Hello{2, 7, {65535, 1}}, Hello{.terminal = true}})
        CHECK(decode_hello(only_frame(encode(hello))) == hello);
    for (const auto& size : {WindowSize{}, WindowSize{24, 80}, WindowSize{65535, 65535}})
        CHECK(decode_window_size(only_frame(encode_window_size(0, size))) == size);
    for (const auto& exited :
         {Exited{How::status, 0}, Exited{How::status, 255}, Exited{How::signal, 1}, Exited{How::signal, 64},
          Exited{How::not_started, ENOENT}, Exited{How::not_started, 4095}, Exited{How::signal, 9, true}})
        for (const std::uint16_t version : {oldest_version, newest_version})
            CHECK(decode_exited(only_frame(encode_exited(0, exited, version)), version) == exited);
    for (const auto& newer : {Exited{How::status, 0, false, ~0ULL}, Exited{How::signal, 15, true, 0, true}})
        CHECK(decode_exited(only_frame(encode_exited(0, newer, 2)), 2) == newer);
    for (int bits = 0; bits < 8; ++bits) {
        const Attach attach{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
        CHECK(decode_attach(only_frame(encode_attach(0, attach))) == attach);
    }
    for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{65535}})
        CHECK(decode_connect(only_frame(encode_connect(0, port))) == port);
    for (const std::uint32_t credit : {1U, 65536U, stream_window})
        CHECK(decode_credit(only_frame(encode_credit(0, Stream::input, credit))) == credit);
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{64}})
        CHECK(decode_signal(only_frame(encode_signal(0, number))) == number);
    for (const Stream stream : {Stream::input, Stream::output, Stream::error})
        CHECK(decode_eof(only_frame(encode_eof(0, stream))) == stream);
}

TEST_CASE("a payload of another size names the frame") {
    struct {
        FrameType type;
        std::size_t size;
        std::function<void(const Frame&)> decode;
    } const rows[] = {
        {FrameType::window_size, 4, [](const Frame& frame) { decode_window_size(frame); }},
        {FrameType::exited, 6, [](const Frame& frame) { decode_exited(frame, 1); }},
        {FrameType::exited, 14, [](const Frame& frame) { decode_exited(frame, 2); }},
        {FrameType::attach, 1, [](const Frame& frame) { decode_attach(frame); }},
        {FrameType::connect, 2, [](const Frame& frame) { decode_connect(frame); }},
        {FrameType::destroy, 0, [](const Frame& frame) { decode_empty(frame); }},
        {FrameType::credit, 4, [](const Frame& frame) { decode_credit(frame); }},
        {FrameType::signal, 1, [](const Frame& frame) { decode_signal(frame); }},
        {FrameType::eof, 0, [](const Frame& frame) { decode_eof(frame); }},
        {FrameType::ready, 0, [](const Frame& frame) { decode_empty(frame); }},
        {FrameType::configured, 0, [](const Frame& frame) { decode_empty(frame); }},
        {FrameType::stop, 0, [](const Frame& frame) { decode_empty(frame); }},
    };
    for (const auto& row : rows)
        for (const std::size_t size : {std::size_t{0}, row.size - 1, row.size + 1, std::size_t{100}, max_payload}) {
            if (size == row.size || size > max_payload) continue;
            const std::string payload(size, '\1');
            CHECK(error_of([&] {
                      row.decode(Frame{row.type, 0, 0, payload});
                  }) == "the peer sent a frame '" + std::string(name(row.type)) + "' of " + std::to_string(size) +
                            " bytes instead of " + std::to_string(row.size));
        }
}

TEST_CASE("a hello of a later version may be longer, and none is shorter than that of the first") {
    const std::string hello = encode(Hello{1, 9, {24, 80}, true});
    const std::string payload = hello.substr(frame_header_size);
    CHECK(decode_hello(Frame{FrameType::hello, 0, 0, payload + "more"}) == Hello{1, 9, {24, 80}, true});
    CHECK(decode_hello(Frame{FrameType::hello, 0, 0, payload.substr(0, 8)}) == Hello{1, 9, {24, 80}});
    CHECK(error_of([&] {
              decode_hello(Frame{FrameType::hello, 0, 0, payload.substr(2)});
          }) == "the peer sent a frame 'hello' of 7 bytes instead of 8");
}

TEST_CASE("both sides speak the newest version that both know") {
    struct {
        Hello peer;
        std::uint16_t version;
        const char* error;
    } const rows[] = {
        {{}, newest_version, "no error"},
        {{1, 65535, {}}, newest_version, "no error"},
        {{1, 1, {}}, 1, "no error"},
        {{2, 2, {}}, 2, "no error"},
        {{3, 3, {}}, 3, "no error"},
        {{4, 4, {}}, 0, "the peer speaks version 4 of the channel protocol, this side versions 1 to 3"},
        {{4, 5, {}}, 0, "the peer speaks versions 4 to 5 of the channel protocol, this side versions 1 to 3"},
    };
    for (const auto& row : rows) {
        std::uint16_t version = 0;
        CHECK(error_of([&] { version = negotiate(row.peer); }) == row.error);
        CHECK(version == row.version);
    }
}

TEST_CASE("a configuration of any length is put together again, and not more than the largest") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, max_payload - 1, max_payload, largest_config}) {
        std::string config(size, 'x');
        if (size > 0) config.back() = 'y';
        const std::string encoded = encode_config(config);
        ConfigReceiver receiver;
        std::optional<std::string> received;
        for (const auto& frame : frames_of(encoded)) {
            CHECK_FALSE(received);
            received = receiver.take(Frame{frame.type, 0, 0, frame.payload});
        }
        CHECK(received == config);
    }
    CHECK(error_of([] { (void)encode_config(std::string(largest_config + 1, 'x')); }) ==
          "the arguments, environment and files of the sandbox make 16777217 bytes, its init takes 16777216");
    ConfigReceiver receiver;
    const std::string piece = std::string(1, '\0') + std::string(max_payload - 1, 'x');
    CHECK(error_of([&] {
              for (int i = 0; i < 200; ++i) (void)receiver.take(Frame{FrameType::config, 0, 0, piece});
          }) == "the peer sent too long a configuration");
}

TEST_CASE("the configuration of a process goes in frames of its number") {
    const std::string encoded = encode_exec(0x0203, std::string(max_payload, 'x'));
    const auto frames = frames_of(encoded);
    REQUIRE(frames.size() == 2);
    for (const auto& frame : frames) CHECK(frame.type == FrameType::exec);
    CHECK(only_frame(encoded).process == 0x0203);
    ConfigReceiver receiver;
    CHECK_FALSE(receiver.take(frames[0]));
    CHECK(receiver.size() == max_payload - 1);
    CHECK(receiver.take(frames[1]) == std::string(max_payload, 'x'));
    CHECK(error_of([&] {
              (void)receiver.take(Frame{FrameType::exec, 0, 1, "\2"});
          }) == "the peer sent a malformed frame 'exec'");
    CHECK(error_of([] { (void)encode_exec(1, std::string(largest_config + 1, 'x')); }) ==
          "the arguments and environment of a process in the sandbox make 16777217 bytes, its init takes 16777216");
}

TEST_CASE("an impossible value names the frame and the value") {
    struct {
        std::string error;
        std::function<void()> decode;
    } const rows[] = {
        {"the peer sent a frame 'hello' with the impossible value 0",
         [] {
             decode_hello(only_frame(encode(Hello{0, 1, {}})));
         }},
        {"the peer sent a frame 'hello' with the impossible value 2",
         [] {
             decode_hello(only_frame(encode(Hello{3, 2, {}})));
         }},
        {"the peer sent a frame 'exited' with the impossible value 256",
         [] {
             decode_exited(only_frame(encode_exited(0, Exited{How::status, 256}, newest_version)), newest_version);
         }},
        {"the peer sent a frame 'exited' with the impossible value 0",
         [] {
             decode_exited(only_frame(encode_exited(0, Exited{How::signal, 0}, newest_version)), newest_version);
         }},
        {"the peer sent a frame 'exited' with the impossible value 65",
         [] {
             decode_exited(only_frame(encode_exited(0, Exited{How::signal, 65}, newest_version)), newest_version);
         }},
        {"the peer sent a frame 'exited' with the impossible value 0",
         [] {
             decode_exited(only_frame(encode_exited(0, Exited{How::not_started, 0}, newest_version)), newest_version);
         }},
        {"the peer sent a frame 'exited' with the impossible value 4096",
         [] {
             decode_exited(only_frame(encode_exited(0, Exited{How::not_started, 4096}, newest_version)),
                           newest_version);
         }},
        {"the peer sent a frame 'exited' with the impossible value 3",
         [] {
             decode_exited(only_frame(encode_exited(0, Exited{static_cast<How>(3), 0}, newest_version)),
                           newest_version);
         }},
        {"the peer sent a frame 'exited' with the impossible value 2",
         [] {
             decode_exited(Frame{FrameType::exited, 0, 0, std::string_view("\0\0\0\0\0\2", 6)}, 1);
         }},
        {"the peer sent a frame 'exited' with the impossible value 4",
         [] {
             decode_exited(Frame{FrameType::exited, 0, 0, std::string_view("\0\0\0\0\0\4\0\0\0\0\0\0\0\0", 14)}, 2);
         }},
        {"the peer sent a frame 'credit' with the impossible value 0",
         [] { decode_credit(only_frame(encode_credit(0, Stream::input, 0))); }},
        {"the peer sent a frame 'credit' with the impossible value 524289",
         [] { decode_credit(only_frame(encode_credit(0, Stream::input, stream_window + 1))); }},
        {"the peer sent a frame 'signal' with the impossible value 0",
         [] { decode_signal(only_frame(encode_signal(0, 0))); }},
        {"the peer sent a frame 'signal' with the impossible value 65",
         [] { decode_signal(only_frame(encode_signal(0, 65))); }},
        {"the peer sent a frame 'attach' with the impossible value 8",
         [] {
             decode_attach(Frame{FrameType::attach, 0, 0, "\b"});
         }},
        {"the peer sent a frame 'data' with the impossible value 3",
         [] {
             decode_stream(Frame{FrameType::data, 3, 0, "x"});
         }},
        {"the peer sent a frame 'eof' with the impossible value 255",
         [] {
             decode_eof(Frame{FrameType::eof, 255, 0, {}});
         }},
    };
    for (const auto& row : rows) CHECK(error_of(row.decode) == row.error);
}

TEST_CASE("the reason of a failure becomes one short printable line") {
    const auto reason = [](std::string_view text) {
        const std::string encoded = encode_failed(0, text);
        return decode_failed(only_frame(encoded));
    };
    CHECK(reason("no such user") == "no such user");
    CHECK(reason("") == "the peer failed and did not say why");
    CHECK(reason("\x1B]0;title\a\r\n\x9B z\xC3\xBCrich") == "\\x1b]0;title\\x07\\x0d\\x0a\\x9b z\xC3\xBCrich");
    CHECK(reason(std::string(100000, 'x')).size() == 4096);
    CHECK(decode_failed(Frame{FrameType::failed, 0, 0, std::string(max_payload, 'x')}).size() == 4096);
}

TEST_CASE("a command's end has the status that shells give it") {
    struct {
        Exited exited;
        int status;
    } const rows[] = {
        {{How::status, 0}, 0},
        {{How::status, 255}, 255},
        {{How::signal, 9}, 137},
        {{How::signal, 64}, 192},
        {{How::not_started, ENOENT}, 127},
        {{How::not_started, ENOTDIR}, 127},
        {{How::not_started, EACCES}, 126},
        {{How::not_started, ENOEXEC}, 126},
        {{How::not_started, EPERM}, 126},
    };
    for (const auto& row : rows) CHECK(row.exited.exit_status() == row.status);
}
