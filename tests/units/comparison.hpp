// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/load/loader.hpp"
#include "units/oracle.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sandgraft::test {

/// What the library computes for one goal.
struct Computed {
    units::DependencyGraph graph;
    std::map<std::string, std::string> jobs;
    std::vector<std::string> order;            ///< of the start jobs
    std::map<std::string, std::size_t> cycle;  ///< the number of the cycle that a unit is left in
    std::string refusal;                       ///< empty unless refused

    explicit Computed(units::DependencyGraph built) : graph(std::move(built)) {}
};

/// @param container  whether the oracle found itself in a container.
Computed compute(units::Loader& loader, const std::string& goal, bool container);

/// Whether systemd said that it runs in a container; it treats swap units differently then.
bool in_container(const OracleAnswer& answer);

/// What differs, one line each: "job …", "edge …", "state …".
std::vector<std::string> differences(const Computed& ours, const OracleAnswer& systemd, const std::string& goal);

/// The Exec lines of services and sockets, with their arguments, that differ; `commands` counts those that systemd has.
std::vector<std::string> command_differences(units::Loader& loader, const OracleAnswer& systemd, std::size_t& commands);

}  // namespace sandgraft::test
