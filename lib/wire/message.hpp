// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/frame.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::wire {

/// The versions of the protocol that this code speaks. The newest is raised when a frame is added or changes its
/// meaning, the oldest when one is no longer understood; docs/protocol.md tells what never changes.
constexpr std::uint16_t oldest_version = 1;
constexpr std::uint16_t newest_version = 3;

/// The first one in which there are processes beside the sandbox's own command: exec, and the longer exited.
constexpr std::uint16_t exec_version = 2;

/// The first one in which there are connections to ports inside: connect.
constexpr std::uint16_t connect_version = 3;

/// The bytes of one stream that may be under way or waiting before the receiver grants more.
constexpr std::uint32_t stream_window = 512 * 1024;

/// The same of a connection, of which there may be many whose readers do not read.
constexpr std::uint32_t connection_window = 64 * 1024;

enum class Stream : std::uint8_t { input = 0, output = 1, error = 2 };

struct WindowSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
    bool operator==(const WindowSize&) const = default;
};

struct Hello {
    std::uint16_t oldest = oldest_version;
    std::uint16_t newest = newest_version;
    WindowSize window{};    ///< of the host's terminal; zeros when it has none, and from the guest
    bool terminal = false;  ///< the command has one; from a keeper
    bool operator==(const Hello&) const = default;
};

/// The newest version that both sides speak.
/// @throws Error protocol naming both ranges when there is none.
std::uint16_t negotiate(const Hello& peer);

/// How a command ended.
struct Exited {
    enum class How : std::uint8_t { status = 0, signal = 1, not_started = 2 };
    How how{};
    std::uint32_t value = 0;        ///< the status, the signal's number, or the errno of execve(2)
    bool out_of_memory = false;     ///< the kernel killed a process of the sandbox because its memory was used up
    std::uint64_t peak_memory = 0;  ///< the most that the sandbox had, in bytes; 0: unknown, and of later processes
    bool stopped = false;           ///< the hypervisor had been asked to end the sandbox
    bool operator==(const Exited&) const = default;

    /// As shells have it: the status, 128+n after signal n, 127 for what does not exist, 126 for what cannot run.
    [[nodiscard]] int exit_status() const;
};

/// What a client has of the sandbox's command, from its keeper.
struct Attach {
    bool kept = false;   ///< first the output that the keeper has kept
    bool live = false;   ///< then what comes
    bool input = false;  ///< the command's input is this client's
    bool operator==(const Attach&) const = default;
};

std::string encode(const Hello& message);
std::string encode_window_size(std::uint16_t process, WindowSize size);
/// @param version  what both sides speak: before exec_version there is no peak_memory and no stopped.
std::string encode_exited(std::uint16_t process, const Exited& exited, std::uint16_t version);
std::string encode_attach(std::uint16_t process, const Attach& attach);
std::string encode_connect(std::uint16_t number, std::uint16_t port);
std::string encode_data(std::uint16_t process, Stream stream, std::string_view bytes);
std::string encode_credit(std::uint16_t process, Stream stream, std::uint32_t bytes);
std::string encode_eof(std::uint16_t process, Stream stream);
std::string encode_signal(std::uint16_t process, std::uint8_t number);
std::string encode_failed(std::uint16_t process, std::string_view reason);
std::string encode_empty(std::uint16_t process, FrameType type);  ///< configured, ready, stop and destroy

/// Each throws Error protocol when the payload has the wrong size or an impossible value.
Hello decode_hello(const Frame& frame);
WindowSize decode_window_size(const Frame& frame);
Exited decode_exited(const Frame& frame, std::uint16_t version);
Attach decode_attach(const Frame& frame);
std::uint16_t decode_connect(const Frame& frame);  ///< the port
std::uint32_t decode_credit(const Frame& frame);
std::uint8_t decode_signal(const Frame& frame);
Stream decode_stream(const Frame& frame);
Stream decode_eof(const Frame& frame);
void decode_empty(const Frame& frame);  ///< of configured, ready, stop and destroy

/// The reason in a failed frame, made one printable line of bounded length.
std::string decode_failed(const Frame& frame);

}  // namespace sandgraft::wire
