// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "console/relay.hpp"
#include "virt/hypervisor.hpp"

#include <sandgraft/instance.hpp>

#include <optional>
#include <string>

namespace sandgraft {

struct Instance::Impl {
    Impl(std::string domain_name, base::Fd channel, const console::Streams& streams, bool has_terminal,
         bool over_socket)
        : name(std::move(domain_name)),
          relay(std::in_place, std::move(channel), streams),
          terminal(has_terminal ? streams.input : -1),
          ends_with_channel(over_socket) {}

    ~Impl();

    std::string name;
    std::optional<virt::Domain> domain;   ///< empty only until it is started
    std::optional<console::Relay> relay;  ///< empty only while the object is destroyed
    int terminal;                         ///< the user's, when the command has one too; else -1
    bool ends_with_channel;               ///< init learns that the channel was closed; a console tells it nothing
    std::optional<wire::Exited> exited;
};

}  // namespace sandgraft
