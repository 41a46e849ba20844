// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/published_ports.hpp"

#include "wire/numbers.hpp"

#include <sandgraft/error.hpp>

#include <sys/socket.h>
#include <cerrno>
#include <utility>

namespace sandgraft::wire {

namespace {

/// Of a listening socket; connections have their numbers.
constexpr std::uint64_t listening_tag = 0;

[[noreturn]] void unexpected(const Frame& frame) {
    throw Error(ErrorCode::protocol, "the sandbox sent an unexpected frame '" + std::string(name(frame.type)) +
                                         "' of connection " + std::to_string(frame.process));
}

/// A client that vanishes without a word is found out some time.
void keep_alive(int socket) {
    constexpr int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

}  // namespace

PublishedPorts::PublishedPorts(std::vector<Port> ports) : ports_(std::move(ports)) {
    for (const auto& port : ports_) {
        base::set_nonblocking(port.listening.get());
        epoll_.add(port.listening.get(), EPOLLIN | EPOLLET, listening_tag);
    }
}

void PublishedPorts::serve(Link& link) {
    std::size_t count = 0;
    do {
        const auto events = epoll_.wait(0);
        for (const auto& event : events) handle(event.data.u64, event.events, link);
        count = events.size();
    } while (count == base::Epoll::most_events);
    let_in(link);
    take_turns(link);
}

void PublishedPorts::handle(std::uint64_t tag, std::uint32_t events, Link& link) {
    if (tag == listening_tag) {
        has_waiting_ = true;
        return;
    }
    const auto peer = peers_.find(static_cast<std::uint16_t>(tag));
    if (peer == peers_.end()) return;
    if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) peer->second.connection.note_readable();
    if (peer->second.state != State::cancelled) peer->second.connection.flush(link);
    settle(peer, link);
}

void PublishedPorts::let_in(Link& link) {
    if (!std::exchange(has_waiting_, false)) return;
    for (const auto& port : ports_)
        while (let_in_next(port, link)) {
        }
}

/// Whom there is no number for, or no descriptor, waits with the kernel.
bool PublishedPorts::let_in_next(const Port& port, Link& link) {
    has_waiting_ = has_waiting_ || peers_.size() >= most_connections;
    if (peers_.size() >= most_connections) return false;
    base::Fd socket(::accept4(port.listening.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        has_waiting_ = has_waiting_ || errno != EAGAIN;
        return errno == EINTR || errno == ECONNABORTED;
    }
    ask(std::move(socket), port.port, link);
    return true;
}

/// Where there is no second descriptor for it, the client is turned away.
void PublishedPorts::ask(base::Fd socket, std::uint16_t port, Link& link) try {
    const std::uint16_t number = lowest_free(peers_, most_processes + 1);
    const int fd = socket.get();
    keep_alive(fd);
    peers_.try_emplace(number, Peer{Connection(std::move(socket), number, Stream::input)});
    epoll_.add(fd, EPOLLIN | EPOLLOUT | EPOLLET, number);
    link.send(encode_connect(number, port));
} catch (const Error&) {
}

void PublishedPorts::take_turns(Link& link) {
    while (turns_.size() > 0 && link.idle()) {
        const auto peer = peers_.find(turns_.take());
        if (peer == peers_.end() || peer->second.state != State::open) continue;
        peer->second.connection.pump(link);
        settle(peer, link);
    }
}

void PublishedPorts::take(const Frame& frame, std::uint16_t version, Link& link) {
    const auto peer = peers_.find(frame.process);
    if (peer == peers_.end() || peer->second.state == State::ended) unexpected(frame);
    if (frame.type == FrameType::failed || frame.type == FrameType::exited)
        end(peer, frame, version);
    else if (frame.type == FrameType::ready)
        begin(peer, frame, link);
    else if (peer->second.state == State::asked)
        unexpected(frame);
    else if (peer->second.state == State::open) {
        peer->second.connection.take(frame, link);
        settle(peer, link);
    }
    let_in(link);
}

void PublishedPorts::begin(Peers::iterator peer, const Frame& frame, Link& link) {
    decode_empty(frame);
    if (peer->second.state != State::asked) unexpected(frame);
    peer->second.state = State::open;
    settle(peer, link);
}

/// One that has failed, or that the sandbox's end has met before it was there, is not to be taken for one that ended.
void PublishedPorts::end(Peers::iterator peer, const Frame& frame, std::uint16_t version) {
    const bool has_exited = frame.type == FrameType::exited;
    if (has_exited) (void)decode_exited(frame, version);
    auto& [connection, state] = peer->second;
    if (has_exited && state == State::open) {
        state = State::ended;
        connection.finish();
        if (!connection.is_written()) return;
    } else {
        connection.reset();
    }
    peers_.erase(peer);
}

/// Where one has come to: its end, or its next turn.
void PublishedPorts::settle(Peers::iterator peer, Link& link) {
    auto& [connection, state] = peer->second;
    if (state == State::ended && connection.is_written()) {
        peers_.erase(peer);
    } else if (state == State::open && connection.is_broken()) {
        state = State::cancelled;
        link.send(encode_empty(peer->first, FrameType::stop));
    } else if (state == State::open && connection.has_turn()) {
        turns_.add(peer->first);
    }
}

void PublishedPorts::close() {
    for (const auto& port : ports_) epoll_.remove(port.listening.get());
    ports_.clear();
}

void PublishedPorts::abandon() {
    close();
    for (auto& [number, peer] : peers_) peer.connection.reset();
    peers_.clear();
}

}  // namespace sandgraft::wire
