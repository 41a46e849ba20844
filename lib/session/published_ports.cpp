// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/published_ports.hpp"

#include "base/socket.hpp"
#include "base/text.hpp"
#include "model/published_port.hpp"
#include "root/kept_directory.hpp"

namespace sandgraft::session {

std::vector<ListeningPort> listen_at(const std::vector<PublishedPort>& ports) {
    model::check_ports(ports);
    std::vector<ListeningPort> listening;
    for (const auto& port : ports) {
        base::Fd socket = base::listen_at(port.address, port.host_port);
        const std::uint16_t chosen = base::local_port(socket.get());
        listening.push_back({{port.address, chosen, port.port}, std::move(socket)});
    }
    return listening;
}

std::vector<PublishedPort> ports_of_keeper(const std::string& name) {
    const std::string told = root::ports_told_by_keeper(name);
    std::vector<PublishedPort> ports;
    for (const auto line : base::split(told, '\n'))
        if (!line.empty()) ports.push_back(parse_published_port(line));
    return ports;
}

}  // namespace sandgraft::session
