// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cstddef>
#include <cstring>

namespace sandgraft::base {

namespace {

sockaddr_un address_in(const Fd& directory, const std::string& name) {
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + name;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

Fd make_socket() { return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// An address of the internet, of either family.
struct InternetAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

template <typename Address>
InternetAddress stored(const Address& address) {
    InternetAddress out{.storage = {}, .size = sizeof address};
    std::memcpy(&out.storage, &address, sizeof address);
    return out;
}

/// Of size 0 when it is none.
InternetAddress parse_address(const std::string& text, std::uint16_t port) {
    sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) return stored(v4);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) return stored(v6);
    return {};
}

void switch_on(const Fd& socket, int level, int option) {
    constexpr int on = 1;
    ::setsockopt(socket.get(), level, option, &on, sizeof on);
}

}  // namespace

Fd listen_in(const Fd& directory, const std::string& name) {
    const auto address = address_in(directory, name);
    Fd socket = make_socket();
    if (!socket || ::bind(socket.get(), generic(address), sizeof address) < 0 || ::listen(socket.get(), SOMAXCONN) < 0)
        throw_errno("cannot listen on a socket '" + name + "'");
    return socket;
}

Fd connect_in(const Fd& directory, const std::string& name) {
    const auto address = address_in(directory, name);
    Fd socket = make_socket();
    if (!socket || ::connect(socket.get(), generic(address), sizeof address) < 0) return {};
    return socket;
}

bool is_ip_address(std::string_view text) { return parse_address(std::string(text), 0).size != 0; }

std::string endpoint(std::string_view address, std::uint16_t port) {
    const bool is_v6 = address.find(':') != std::string_view::npos;
    return (is_v6 ? "[" : "") + std::string(address) + (is_v6 ? "]:" : ":") + std::to_string(port);
}

Fd listen_at(const std::string& address, std::uint16_t port) {
    const auto parsed = parse_address(address, port);
    const std::string what = "cannot listen at " + endpoint(address, port);
    Fd socket = checked(::socket(parsed.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), what);
    switch_on(socket, SOL_SOCKET, SO_REUSEADDR);
    if (parsed.storage.ss_family == AF_INET6) switch_on(socket, IPPROTO_IPV6, IPV6_V6ONLY);
    if (::bind(socket.get(), parsed.generic(), parsed.size) < 0 || ::listen(socket.get(), SOMAXCONN) < 0)
        throw_errno(what);
    return socket;
}

std::uint16_t local_port(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) < 0)
        throw_errno("cannot see where a socket is bound");
    in_port_t port = 0;  // at the same place in both families
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    std::memcpy(&port, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_port), sizeof port);
    return ntohs(port);
}

}  // namespace sandgraft::base
