// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/socket_address.hpp"

#include "units/text/unit_name.hpp"
#include "units/text/words.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <string>

namespace sandgraft::units {

namespace {

constexpr std::array<std::string_view, 17> netlink_families{
    "route",   "firewall",       "inet-diag",  "nflog",         "xfrm",      "selinux",
    "iscsi",   "audit",          "fib-lookup", "connector",     "netfilter", "ip6-fw",
    "dnrtmsg", "kobject-uevent", "generic",    "scsitransport", "ecryptfs"};

/// The base that the prefix of a number tells, which is cut off: 0x, 0b, 0o or a leading zero.
int take_base(std::string_view& text) {
    if (text.size() < 2 || text[0] != '0') return 10;
    const char letter = text[1];
    const int base = letter == 'x' || letter == 'X' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(base == 8 && letter != 'o' ? 1 : 2);
    return base;
}

bool is_number(std::string_view text, unsigned lowest, unsigned highest) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const int base = take_base(text);
    unsigned value = 0;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, value, base);
    return error == std::errc{} && read == end && value >= lowest && value <= highest;
}

bool is_port(std::string_view text) { return is_number(text, 1, 0xFFFF); }

bool is_address(int family, std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> room{};
    return ::inet_pton(family, std::string(text).c_str(), room.data()) == 1;
}

bool is_unix_address(std::string_view text) { return text.size() >= 2 && text.size() < sizeof(sockaddr_un::sun_path); }

/// "[address]:port", or "address:port" of version 4; the scope of an address ("%eth0") may stand after it.
bool is_internet_address(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.rfind(']');
        if (end == std::string_view::npos || text.substr(end + 1, 1) != ":") return false;
        const auto address = text.substr(1, end - 1);
        const auto port = text.substr(end + 2);
        return is_address(AF_INET6, address.substr(0, address.find('%'))) && is_port(port.substr(0, port.find('%')));
    }
    const auto colon = text.rfind(':');
    return colon != std::string_view::npos && is_address(AF_INET, text.substr(0, colon)) &&
           is_port(text.substr(colon + 1));
}

/// "vsock:CID:PORT", the first number may be left out.
bool is_vsock_address(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    const auto cid = text.substr(0, colon);
    return (cid.empty() || is_number(cid, 0, UINT_MAX)) && is_number(text.substr(colon + 1), 0, UINT_MAX);
}

bool is_socket_address(std::string_view text, bool packets) {
    if (text.starts_with('/') || text.starts_with('@')) return is_unix_address(text);
    if (packets) return false;
    if (text.starts_with("vsock:")) return is_vsock_address(text.substr(6));
    return is_port(text) || is_internet_address(text);
}

/// A family, by name or number, and perhaps a group.
bool is_netlink_address(std::string_view text) {
    const auto words = split_words(text, {});
    if (!words || words->empty() || words->size() > 2) return false;
    const auto& family = words->front();
    return (std::find(netlink_families.begin(), netlink_families.end(), family) != netlink_families.end() ||
            is_number(family, 0, INT_MAX)) &&
           (words->size() == 1 || is_number(words->back(), 0, UINT_MAX));
}

}  // namespace

bool is_listen_value(std::string_view key, std::string_view value) {
    if (key == "ListenStream" || key == "ListenDatagram") return is_socket_address(value, false);
    if (key == "ListenSequentialPacket") return is_socket_address(value, true);
    if (key == "ListenNetlink") return is_netlink_address(value);
    return is_normalized_path(simplify_path(value));
}

}  // namespace sandgraft::units
