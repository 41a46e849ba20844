// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "console/relay.hpp"
#include "support/catch.hpp"
#include "support/peer.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sandgraft::test {

inline constexpr std::chrono::milliseconds for_ever{-1};
inline constexpr std::chrono::milliseconds long_enough{20000};

// What a scripted guest says.
inline const std::string hello = wire::encode(wire::Hello{});
inline const std::string configured = wire::encode_empty(0, wire::FrameType::configured);
inline const std::string ready = wire::encode_empty(0, wire::FrameType::ready);
inline const std::string set_up = hello + configured;
inline const std::string stop = wire::encode_empty(0, wire::FrameType::stop);
inline const std::string success =
    wire::encode_exited(0, wire::Exited{wire::Exited::How::status, 0}, wire::newest_version);
inline const ReceivedFrame stop_received{wire::FrameType::stop, 0, ""};

inline std::string data(wire::Stream stream, std::string_view payload) { return wire::encode_data(0, stream, payload); }

/// A relay, of whose processes most tests need the command alone.
class CommandRelay : public console::Relay {
public:
    using Relay::exited;
    using Relay::Relay;

    void configure(wire::WindowSize window, std::string_view config) {
        greet(window);
        Relay::configure(config);
    }

    std::optional<wire::Exited> run(std::chrono::milliseconds timeout) {
        if (!wait(*command(), timeout)) return std::nullopt;
        return exited();
    }
    [[nodiscard]] std::optional<wire::Exited> exited() const { return Relay::exited(*command()); }
    void send_signal(std::uint8_t number) { Relay::send_signal(*command(), number); }
    void resize(wire::WindowSize size) { Relay::resize(*command(), size); }
};

/// A relay and the other end of its channel.
struct Session {
    explicit Session(const console::Streams& streams = {}, console::Listener listener = {})
        : Session(base::make_socket_pair(), streams, std::move(listener)) {}
    Session(std::array<base::Fd, 2> pair, const console::Streams& streams, console::Listener listener)
        : relay(std::move(pair[0]), streams, std::move(listener)), guest(std::move(pair[1])) {}

    /// Greets, has the sandbox set up, and lets the guest say this.
    void begin(std::string_view said) {
        guest.send(hello + configured);
        relay.configure({24, 80}, "orders");
        relay.await_setup(long_enough);
        REQUIRE(guest.receive()->type == wire::FrameType::hello);
        REQUIRE(guest.receive()->type == wire::FrameType::config);
        guest.send(said);
    }

    CommandRelay relay;
    Peer guest;
};

}  // namespace sandgraft::test
