// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "console/relay.hpp"
#include "virt/hypervisor.hpp"

#include <sandgraft/instance.hpp>

#include <optional>
#include <string>

namespace sandgraft {

struct Instance::Impl {
    Impl(std::string domain_name, base::Fd channel, const console::Streams& streams, bool has_terminal)
        : name(std::move(domain_name)),
          relay(std::move(channel), streams),
          terminal(has_terminal ? streams.input : -1) {}

    ~Impl();

    std::string name;
    std::optional<virt::Domain> domain;  ///< empty only until it is started
    console::Relay relay;
    int terminal;  ///< the user's, when the command has one too; else -1
    std::optional<wire::Exited> exited;
};

}  // namespace sandgraft
