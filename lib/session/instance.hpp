// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "console/relay.hpp"
#include "virt/hypervisor.hpp"

#include <sandgraft/instance.hpp>

#include <optional>
#include <string>

namespace sandgraft {

struct Instance::Impl {
    Impl(std::string domain_name, virt::Domain started, base::Fd channel, const console::Streams& streams,
         bool has_terminal)
        : name(std::move(domain_name)),
          domain(std::move(started)),
          relay(std::move(channel), streams),
          terminal(has_terminal ? streams.input : -1) {}

    ~Impl();

    std::string name;
    virt::Domain domain;
    console::Relay relay;
    int terminal;  ///< the user's, when the command has one too; else -1
    std::optional<wire::Exited> exited;
};

}  // namespace sandgraft
