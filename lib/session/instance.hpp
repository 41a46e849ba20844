// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "console/relay.hpp"
#include "virt/hypervisor.hpp"

#include <sandgraft/instance.hpp>

#include <memory>
#include <optional>
#include <string>

namespace sandgraft {

struct Instance::Impl {
    Impl(std::string domain_name, const console::Streams& its_streams, bool has_terminal, bool channel_ends_sandbox)
        : name(std::move(domain_name)),
          streams(its_streams),
          terminal(has_terminal ? streams.input : -1),
          ends_with_channel(channel_ends_sandbox) {}

    ~Impl();

    /// Takes the host's end of the channel.
    void attach(base::Fd channel) { relay.emplace(std::move(channel), streams); }

    /// Tells the guest what to set up and run.
    void configure(std::string_view config);

    std::string name;
    console::Streams streams;
    std::unique_ptr<virt::Domain> domain;  ///< empty only until it is started
    std::optional<console::Relay> relay;   ///< empty only until there is a channel, and while the object is destroyed
    int terminal;                          ///< the user's, when the command has one too; else -1
    bool ends_with_channel;                ///< init learns that the channel was closed
};

}  // namespace sandgraft
