// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/epoll.hpp"
#include "wire/connection.hpp"
#include "wire/turns.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace sandgraft::wire {

/// The host's end of the ports that a sandbox publishes: sockets that listen on the host, each for a port inside, and
/// the connections that come in there. All of them are behind one descriptor.
class PublishedPorts {
public:
    struct Port {
        base::Fd listening;  ///< a stream socket
        std::uint16_t port = 0;
    };

    /// Listens for nobody before the first serve().
    explicit PublishedPorts(std::vector<Port> ports);

    [[nodiscard]] bool empty() const { return ports_.empty(); }

    /// Readable whenever serve() has something to do.
    [[nodiscard]] int fd() const { return epoll_.fd(); }

    /// Does what can be done without waiting.
    void serve(Link& link);

    /// Sends what there is, as long as the link takes it; to be called again when it does.
    void take_turns(Link& link);

    /// Takes a frame of the guest's of a connection.
    /// @throws Error protocol when the guest may not say this now.
    void take(const Frame& frame, std::uint16_t version, Link& link);

    /// Lets nobody in any more. The guest ends the connections that there are, and what came is still written.
    void close();

    /// Breaks off all of them, for there is no guest any more.
    void abandon();

    /// Whether there are no connections whose clients have not been given everything.
    [[nodiscard]] bool is_written() const { return peers_.empty(); }

private:
    enum class State {
        asked,  ///< whether anybody listens inside
        open,
        cancelled,  ///< the client has broken it off, which the guest has not noticed yet
        ended,      ///< by the guest; what came is still to be written
    };
    struct Peer {
        Connection connection;
        State state = State::asked;
    };
    using Peers = std::map<std::uint16_t, Peer>;

    void handle(std::uint64_t tag, std::uint32_t events, Link& link);
    void let_in(Link& link);
    bool let_in_next(const Port& port, Link& link);
    void ask(base::Fd socket, std::uint16_t port, Link& link);
    void begin(Peers::iterator peer, const Frame& frame, Link& link);
    void end(Peers::iterator peer, const Frame& frame, std::uint16_t version);
    void settle(Peers::iterator peer, Link& link);

    base::Epoll epoll_;
    std::vector<Port> ports_;
    Peers peers_;
    Turns turns_;
    bool has_waiting_ = false;  ///< somebody may wait to be let in
};

}  // namespace sandgraft::wire
