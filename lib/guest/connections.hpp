// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/poller.hpp"
#include "wire/connection.hpp"
#include "wire/turns.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace sandgraft::guest {

/// The connections that the host makes to ports inside, each under a number of its own, from its order until its end is
/// told.
class Connections {
public:
    /// @param turns    in which they send, together with others.
    /// @param version  of the protocol, as it is spoken with the host.
    Connections(wire::Link& link, Poller& poller, wire::Turns& turns, std::uint16_t version)
        : link_(link), poller_(poller), turns_(turns), version_(version) {}

    /// Takes a frame of the host's. One for a number without a connection was under way when that ended.
    /// @throws Error protocol when the host may not say this now.
    void take(const wire::Frame& frame);

    /// Something has happened to the socket of one.
    void handle(const Poller::Event& event);

    /// It is the turn of one to send.
    void pump(std::uint16_t number);

    /// Ends all of them, and sends what can be sent at once of what they have.
    void end();

private:
    /// One that is being made, to one of the addresses of loopback.
    struct Dial {
        base::Fd socket;
        std::uint16_t port;
        bool is_second;  ///< to that of IPv6
    };
    using Peer = std::variant<Dial, wire::Connection>;

    void connect(const wire::Frame& frame);
    void dial(std::uint16_t number, std::uint16_t port, bool is_second);
    void follow(std::uint16_t number, Dial& dial);
    void begin(std::uint16_t number, base::Fd socket);
    void fail(std::uint16_t number, int error);
    void give_up(std::uint16_t number, const std::string& reason);
    void settle(std::uint16_t number, wire::Connection& connection);
    void pass(const wire::Frame& frame);
    void stop(const wire::Frame& frame);
    void forget(std::uint16_t number);

    wire::Link& link_;
    Poller& poller_;
    wire::Turns& turns_;
    std::uint16_t version_;
    std::map<std::uint16_t, Peer> peers_;
};

}  // namespace sandgraft::guest
