// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::base {

/// A Unix stream socket of a name in an open directory, whose path may be longer than the address of a socket: bound,
/// close-on-exec, with as many connections waiting as the kernel allows.
Fd listen_in(const Fd& directory, const std::string& name);

/// A close-on-exec connection to one; it waits where many others do. Empty, with errno set, when that fails.
Fd connect_in(const Fd& directory, const std::string& name);

/// Whether it is an IPv4 or IPv6 address, without brackets.
bool is_ip_address(std::string_view text);

/// An address and a port: "127.0.0.1:80", "[::1]:80".
std::string endpoint(std::string_view address, std::uint16_t port);

/// A TCP socket, bound, close-on-exec, with as many connections waiting as the kernel allows. One of IPv6 takes no
/// connections of IPv4.
/// @param address  one of this machine, or the one that stands for all.
/// @param port     0: any that is free.
/// @throws Error denied or io, which names both.
Fd listen_at(const std::string& address, std::uint16_t port);

/// The port that a TCP socket is bound to.
std::uint16_t local_port(int socket);

}  // namespace sandgraft::base
