// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::test {

/// How long the slowest machine may take for anything.
inline constexpr int tcp_patience_ms = 60000;

inline base::Fd listen_at_loopback(const std::string& address = "127.0.0.1") { return base::listen_at(address, 0); }

/// A connection to a port of loopback; blocking.
inline base::Fd connect_to(std::uint16_t port) {
    base::Fd socket = base::checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        base::throw_errno("cannot connect");
    return socket;
}

inline bool is_readable(const base::Fd& fd, int patience_ms = tcp_patience_ms) {
    pollfd entry{fd.get(), POLLIN, 0};
    return ::poll(&entry, 1, patience_ms) > 0;
}

inline base::Fd accept_at(const base::Fd& listening) {
    if (!is_readable(listening)) return {};
    return base::checked(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept");
}

/// How a connection ended for its reader.
struct Received {
    std::string bytes;
    int error = 0;  ///< that of recv(2); 0: its end; ETIMEDOUT: none in time

    bool operator==(const Received&) const = default;
};

/// Everything up to the end.
inline Received receive_all(const base::Fd& socket) {
    Received received;
    char buffer[16384];
    for (;;) {
        if (!is_readable(socket)) return {received.bytes, ETIMEDOUT};
        const ssize_t n = ::read(socket.get(), buffer, sizeof buffer);
        if (n <= 0) return {received.bytes, n < 0 ? errno : 0};
        received.bytes.append(buffer, static_cast<std::size_t>(n));
    }
}

/// So many bytes, or less where it ends before.
inline std::string receive(const base::Fd& socket, std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count && is_readable(socket)) {
        const ssize_t n = ::read(socket.get(), bytes.data() + done, count - done);
        if (n <= 0) break;
        done += static_cast<std::size_t>(n);
    }
    bytes.resize(done);
    return bytes;
}

inline void send(const base::Fd& socket, std::string_view bytes) { base::write_all(socket.get(), bytes, "a socket"); }

inline void send_end(const base::Fd& socket) { ::shutdown(socket.get(), SHUT_WR); }

/// The next close(2) breaks the connection off.
inline void break_off(base::Fd socket) {
    constexpr linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// For a test with thousands of sockets.
inline void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace sandgraft::test
