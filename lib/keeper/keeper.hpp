// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "keeper/guest.hpp"
#include "keeper/listener.hpp"
#include "keeper/orders.hpp"
#include "keeper/poller.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace sandgraft::keeper {

/// How long the keeper waits for whom.
struct Patience {
    std::chrono::milliseconds stop{10000};   ///< for the command, asked to end by SIGTERM to the keeper
    std::chrono::milliseconds linger{5000};  ///< for clients of a sandbox that has ended, from the last time that one
                                             ///< took something
};

/// What the keeper is given.
struct Descriptors {
    base::Fd starter;   ///< the first client's connection
    base::Fd channel;   ///< the host's end of the sandbox's channel
    base::Fd creation;  ///< at its end when libvirt has created the sandbox or has given up: the sandbox does not end
                        ///< before. Empty: it is so far.
    base::Fd signals;   ///< readable when somebody wants the keeper to end. Empty: nobody can.
    std::vector<wire::PublishedPorts::Port> ports{};  ///< that the sandbox publishes
};

/// Holds the channel of a sandbox and lets clients in, until the sandbox has ended and the clients know it. It never
/// blocks but to wait for all at once, and keeps no more of anybody than docs/protocol.md says.
class Keeper {
public:
    static constexpr std::size_t most_clients = 256;

    Keeper(Descriptors descriptors, Listener listener, Patience patience = {});

    /// Until the end. When it returns, the sandbox ends with this object, if it has not ended by itself.
    void run();

private:
    using Clock = std::chrono::steady_clock;

    void step();
    void handle(std::uint64_t id, std::uint32_t events);
    void serve(std::uint64_t id, std::uint32_t events);
    void let_in();
    void add(base::Fd socket, bool is_starter);
    void let_go(std::uint64_t id);
    void settle();
    void tell_progress(Client& starter) const;
    void tell_end(Client& client) const;
    void watch_all();
    void stop();
    void end_creation();
    void check_deadline();
    [[nodiscard]] bool done() const;
    [[nodiscard]] std::chrono::milliseconds timeout() const;

    Guest guest_;
    Orders orders_{guest_};
    Listener listener_;
    base::Fd creation_;
    base::Fd signals_;
    Patience patience_;
    Poller poller_;
    std::map<std::uint64_t, Client> clients_;
    std::uint64_t next_id_;
    std::optional<Clock::time_point> closed_until_;  ///< to clients: there was no descriptor for one
    std::optional<Clock::time_point> deadline_;      ///< of the command, or of the clients when that has ended
    bool lingering_ = false;
    bool starter_gone_ = false;
};

}  // namespace sandgraft::keeper
