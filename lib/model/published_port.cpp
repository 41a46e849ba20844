// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/published_port.hpp"

#include "base/socket.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"

#include <algorithm>
#include <limits>

namespace sandgraft {

namespace {

using base::quote;
using model::fail;

std::uint16_t parse_port(std::string_view whole, std::string_view text) {
    const auto number = base::parse_u64(text);
    if (!number || *number > std::numeric_limits<std::uint16_t>::max())
        fail("published port " + quote(whole) + " is not [ADDRESS:]HOSTPORT:PORT: " + quote(text) + " is no port");
    return static_cast<std::uint16_t>(*number);
}

/// An address of IPv6 has colons of its own, and is in brackets.
std::string parse_address(std::string_view whole, std::string_view text) {
    const bool in_brackets = text.starts_with('[') && text.ends_with(']');
    const auto address = in_brackets ? text.substr(1, text.size() - 2) : text;
    if (!base::is_ip_address(address) || in_brackets != (address.find(':') != std::string_view::npos))
        fail("published port " + quote(whole) + ": " + quote(text) + " is not an address such as 0.0.0.0 or [::1]");
    return std::string(address);
}

void check_port(const PublishedPort& port) {
    if (!base::is_ip_address(port.address))
        fail("the address " + quote(port.address) + " of a published port is not one of IPv4 or IPv6");
    if (port.port == 0) fail("the port 0 of a sandbox cannot be published");
}

/// Any number of free ports may be asked for.
bool is_same_place(const PublishedPort& a, const PublishedPort& b) {
    return a.host_port != 0 && a.host_port == b.host_port && a.address == b.address;
}

}  // namespace

namespace model {

void check_ports(const std::vector<PublishedPort>& ports) {
    if (ports.size() > most_published_ports)
        fail(std::to_string(ports.size()) + " published ports are more than " + std::to_string(most_published_ports));
    for (auto port = ports.begin(); port != ports.end(); ++port) {
        check_port(*port);
        if (std::any_of(ports.begin(), port, [&](const PublishedPort& other) { return is_same_place(other, *port); }))
            fail("the port " + base::endpoint(port->address, port->host_port) + " is published twice");
    }
}

}  // namespace model

PublishedPort parse_published_port(std::string_view text) {
    std::string_view rest = text;
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        if (rest.substr(slash) != "/tcp") fail("published port " + quote(text) + ": only tcp can be published");
        rest = rest.substr(0, slash);
    }
    const auto inside = rest.rfind(':');
    if (inside == std::string_view::npos) fail("published port " + quote(text) + " is not [ADDRESS:]HOSTPORT:PORT");
    PublishedPort port{.port = parse_port(text, rest.substr(inside + 1))};
    rest = rest.substr(0, inside);
    if (const auto outside = rest.rfind(':'); outside != std::string_view::npos) {
        port.address = parse_address(text, rest.substr(0, outside));
        rest = rest.substr(outside + 1);
    }
    port.host_port = parse_port(text, rest);
    check_port(port);
    return port;
}

std::string to_option(const PublishedPort& port) {
    return base::endpoint(port.address, port.host_port) + ":" + std::to_string(port.port);
}

}  // namespace sandgraft
