// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/frame.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <algorithm>
#include <vector>

using namespace sandgraft::wire;
using sandgraft::test::error_of;

namespace {

struct Case {
    FrameType type;
    const char* name;
    std::uint8_t stream;
    std::uint16_t process;
};

constexpr Case every_type[] = {
    {FrameType::hello, "hello", 0, 0},
    {FrameType::config, "config", 0, 0},
    {FrameType::configured, "configured", 0, 0},
    {FrameType::data, "data", 2, most_processes},
    {FrameType::eof, "eof", 1, 7},
    {FrameType::credit, "credit", 1, 7},
    {FrameType::window_size, "window_size", 0, 7},
    {FrameType::signal, "signal", 0, 7},
    {FrameType::exec, "exec", 0, 7},
    {FrameType::ready, "ready", 0, 7},
    {FrameType::exited, "exited", 0, 7},
    {FrameType::stop, "stop", 0, 7},
    {FrameType::failed, "failed", 0, 7},
    {FrameType::attach, "attach", 0, 7},
    {FrameType::destroy, "destroy", 0, 7},
};

/// As much of the bytes as the decoder takes at once.
std::string_view feed(FrameDecoder& decoder, std::string_view bytes) {
    const auto space = decoder.space();
    const auto n = std::min(space.size(), bytes.size());
    std::copy_n(bytes.begin(), n, space.begin());
    decoder.filled(n);
    return bytes.substr(n);
}

std::string decode(std::string_view bytes) {
    FrameDecoder decoder;
    feed(decoder, bytes);
    const auto frame = decoder.next();
    return frame ? std::string(name(frame->type)) : "none";
}

std::string header(std::uint32_t length, int type, int stream = 0) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(length >> shift & 0xFF);
    return bytes + static_cast<char>(type) + static_cast<char>(stream) + std::string(2, '\0');
}

}  // namespace

TEST_CASE("the header lies in the stream as docs/protocol.md draws it") {
    CHECK(encode(Frame{FrameType::data, 2, 0x0102, "abc"}) == std::string("\x03\0\0\0\x02\x02\x02\x01"
                                                                          "abc",
                                                                          11));
    CHECK(encode_header(FrameType::failed, 0, 0, 0x010203 & 0xFFFF) == std::string("\x03\x02\0\0\x0b\0\0\0", 8));
}

TEST_CASE("every type arrives as it was sent, wherever the stream is cut") {
    for (const auto& row : every_type) {
        INFO(row.name);
        CHECK(name(row.type) == row.name);
        const std::string bytes = encode(Frame{row.type, row.stream, row.process, "payload"});
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            FrameDecoder decoder;
            feed(decoder, std::string_view(bytes).substr(0, cut));
            const bool whole = cut == bytes.size();
            if (!whole) REQUIRE_FALSE(decoder.next());
            CHECK(decoder.empty() == (cut == 0));
            feed(decoder, std::string_view(bytes).substr(cut));
            const auto frame = decoder.next();
            REQUIRE(frame);
            CHECK(frame->type == row.type);
            CHECK(frame->stream == row.stream);
            CHECK(frame->process == row.process);
            CHECK(frame->payload == "payload");
            CHECK(decoder.empty());
            CHECK_FALSE(decoder.next());
        }
    }
}

TEST_CASE("frames that fill the buffer back to back all arrive") {
    std::string bytes;
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 40; ++i) {
        sizes.push_back(i % 4 == 3 ? 0 : i % 4 == 2 ? 1 : max_payload - i % 4);
        bytes += encode(Frame{FrameType::data, 1, 0, std::string(sizes.back(), static_cast<char>('A' + i))});
    }
    FrameDecoder decoder;
    std::size_t seen = 0;
    for (std::string_view rest = bytes; seen < sizes.size();) {
        REQUIRE_FALSE(decoder.space().empty());
        rest = feed(decoder, rest);
        while (const auto frame = decoder.next()) {
            REQUIRE(frame->payload == std::string(sizes.at(seen), static_cast<char>('A' + seen)));
            ++seen;
        }
    }
    CHECK(decoder.empty());
}

TEST_CASE("the largest frame fits after any beginning of a buffer") {
    for (const std::size_t before : {std::size_t{0}, std::size_t{1}, max_payload - 1, max_payload}) {
        FrameDecoder decoder;
        const std::string bytes = encode(Frame{FrameType::data, 0, 0, std::string(before, 'a')}) +
                                  encode(Frame{FrameType::data, 0, 0, std::string(max_payload, 'b')});
        std::string_view rest = feed(decoder, std::string_view(bytes).substr(0, before + frame_header_size + 3));
        rest = std::string_view(bytes).substr(before + frame_header_size + 3);
        REQUIRE(decoder.next()->payload.size() == before);
        while (!rest.empty()) {
            REQUIRE_FALSE(decoder.next());
            rest = feed(decoder, rest);
        }
        CHECK(decoder.next()->payload == std::string(max_payload, 'b'));
    }
}

TEST_CASE("a header that cannot be is refused before its payload arrives") {
    struct {
        std::string bytes;
        std::string error;
    } const rows[] = {
        {header(0, 0), "the peer sent a frame of unknown type 0"},
        {header(0, 17), "the peer sent a frame of unknown type 17"},
        {header(0, 255), "the peer sent a frame of unknown type 255"},
        {header(131073, 2), "the peer announced a frame 'data' of 131073 bytes, more than the 131072 allowed"},
        {header(0xFFFFFFFF, 11),
         "the peer announced a frame 'failed' of 4294967295 bytes, more than the 131072 allowed"},
        {header(6, 1, 1), "the peer sent a frame 'hello' of stream 1, where there are no streams"},
        {encode_header(FrameType::hello, 0, 1, 8), "the peer sent a frame 'hello' of process 1, which cannot be"},
        {encode_header(FrameType::config, 0, 7, 8), "the peer sent a frame 'config' of process 7, which cannot be"},
        {encode_header(FrameType::configured, 0, 65535, 0),
         "the peer sent a frame 'configured' of process 65535, which cannot be"},
        {encode_header(FrameType::data, 0, highest_number + 1, 0),
         "the peer sent a frame 'data' of process 2049, which cannot be"},
        {header(5, 9, 255), "the peer sent a frame 'exited' of stream 255, where there are no streams"},
    };
    for (const auto& row : rows) {
        CHECK(error_of([&] { decode(row.bytes); }) == row.error);
        CHECK_THROWS_AS(decode(row.bytes), sandgraft::Error);
    }
    CHECK(decode(header(131072, 2)) == "none");
}

TEST_CASE("what is too large is not sent either") {
    CHECK(encode(Frame{FrameType::data, 0, 0, std::string(max_payload, 'x')}).size() ==
          frame_header_size + max_payload);
    CHECK(error_of([] {
              encode(Frame{FrameType::data, 0, 0, std::string(max_payload + 1, 'x')});
          }) == "a frame's payload is too large to send");
}
