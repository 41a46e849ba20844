// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/owner.hpp"
#include "console/relay.hpp"
#include "console/terminal.hpp"
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

    /// See Instance::wait(). From the first call on the terminal stays raw between the calls, so that no key that comes
    /// there means anything else.
    std::optional<wire::Exited> relay_for(std::chrono::milliseconds timeout);

    base::Owner owner;
    std::string name;
    console::Streams streams;
    std::unique_ptr<virt::Domain> domain;  ///< empty only until it is started
    std::optional<console::Relay> relay;   ///< empty only until there is a channel, and while the object is destroyed
    console::Terminal terminal;            ///< the user's, when the command has one too
    bool ends_with_channel;                ///< init learns that the channel was closed
};

}  // namespace sandgraft
