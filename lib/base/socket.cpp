// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

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

}  // namespace sandgraft::base
