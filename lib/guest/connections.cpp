// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/connections.hpp"

#include "base/overload.hpp"
#include "guest/greeting.hpp"

#include <sandgraft/error.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <cerrno>
#include <cstring>

namespace sandgraft::guest {

namespace {

/// Of loopback, in IPv4 or IPv6.
/// @return 0 when it is under way.
int start_connecting(int socket, std::uint16_t port, bool is_v6) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    const int result = is_v6 ? ::connect(socket, reinterpret_cast<const sockaddr*>(&v6), sizeof v6)
                             : ::connect(socket, reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    return result == 0 || errno == EINPROGRESS ? 0 : errno;
}

/// 0 once it is connected, or as long as nothing is known.
int outcome_of(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

}  // namespace

void Connections::take(const wire::Frame& frame) {
    using wire::FrameType;
    switch (frame.type) {
        case FrameType::connect: return connect(frame);
        case FrameType::stop: return stop(frame);
        case FrameType::data:
        case FrameType::eof:
        case FrameType::credit: return pass(frame);
        default: unexpected(frame);
    }
}

void Connections::pass(const wire::Frame& frame) {
    const auto found = peers_.find(frame.process);
    if (found == peers_.end()) return;
    auto* connection = std::get_if<wire::Connection>(&found->second);
    if (connection == nullptr) unexpected(frame);
    connection->take(frame, link_);
    settle(frame.process, *connection);
}

void Connections::connect(const wire::Frame& frame) {
    const auto port = wire::decode_connect(frame);
    if (frame.process <= wire::most_processes || peers_.contains(frame.process)) unexpected(frame);
    dial(frame.process, port, false);
}

void Connections::dial(std::uint16_t number, std::uint16_t port, bool is_second) {
    constexpr int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    base::Fd socket(::socket(is_second ? AF_INET6 : AF_INET, type, 0));
    if (!socket) return fail(number, errno);
    if (const int error = start_connecting(socket.get(), port, is_second); error != 0) return fail(number, error);
    const int fd = socket.get();
    peers_.insert_or_assign(number, Dial{std::move(socket), port, is_second});
    poller_.add(fd, EPOLLIN | EPOLLOUT | EPOLLET, Role::connection, number);
}

void Connections::handle(const Poller::Event& event) {
    const auto found = peers_.find(event.process);
    if (found == peers_.end()) return;
    if (auto* dial = std::get_if<Dial>(&found->second)) return follow(event.process, *dial);
    auto& connection = std::get<wire::Connection>(found->second);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) connection.note_readable();
    connection.flush(link_);
    settle(event.process, connection);
}

/// Who listens at one of the two addresses only is found at either.
void Connections::follow(std::uint16_t number, Dial& dial) {
    const int error = outcome_of(dial.socket.get());
    if (error == ECONNREFUSED && !dial.is_second) {
        const std::uint16_t port = dial.port;
        return this->dial(number, port, true);
    }
    if (error != 0) return fail(number, dial.is_second ? ECONNREFUSED : error);
    begin(number, std::move(dial.socket));
}

void Connections::begin(std::uint16_t number, base::Fd socket) {
    try {
        auto& peer = peers_.at(number) = wire::Connection(std::move(socket), number, wire::Stream::output);
        auto& connection = std::get<wire::Connection>(peer);
        link_.send(wire::encode_empty(number, wire::FrameType::ready));
        connection.note_readable();
        settle(number, connection);
    } catch (const Error& error) {
        give_up(number, error.what());
    }
}

void Connections::fail(std::uint16_t number, int error) { give_up(number, std::strerror(error)); }

void Connections::give_up(std::uint16_t number, const std::string& reason) {
    link_.send(wire::encode_failed(number, reason));
    peers_.erase(number);
}

void Connections::pump(std::uint16_t number) {
    const auto found = peers_.find(number);
    if (found == peers_.end()) return;
    auto* connection = std::get_if<wire::Connection>(&found->second);
    if (connection == nullptr) return;
    connection->pump(link_);
    settle(number, *connection);
}

/// Tells the end, or waits for the next turn.
void Connections::settle(std::uint16_t number, wire::Connection& connection) {
    if (connection.is_broken()) {
        give_up(number, "the connection was reset");
    } else if (connection.is_over()) {
        forget(number);
    } else if (connection.has_turn()) {
        turns_.add(number);
    }
}

void Connections::stop(const wire::Frame& frame) {
    wire::decode_empty(frame);
    const auto found = peers_.find(frame.process);
    if (found == peers_.end()) return;
    if (auto* connection = std::get_if<wire::Connection>(&found->second)) connection->reset();
    forget(frame.process);
}

void Connections::forget(std::uint16_t number) {
    peers_.erase(number);
    link_.send(wire::encode_exited(number, {}, version_));
}

/// Of each as much as the host takes without a word: a window, which nobody has to wait for.
void Connections::end() {
    while (!peers_.empty()) {
        const auto first = peers_.begin();
        if (auto* connection = std::get_if<wire::Connection>(&first->second)) {
            connection->note_readable();
            while (connection->has_turn()) connection->pump(link_);
        }
        forget(first->first);
    }
}

}  // namespace sandgraft::guest
