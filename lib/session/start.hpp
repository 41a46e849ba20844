// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "session/host.hpp"
#include "session/instance.hpp"

#include <functional>
#include <memory>
#include <string>

namespace sandgraft::session {

/// Is told the relay of a start as soon as there is one, so that somebody else can interrupt what waits there. What it
/// throws ends the start.
using OnRelay = std::function<void(const std::shared_ptr<console::Relay>&)>;

/// Who starts, and how.
struct Starter {
    Host host;
    std::shared_ptr<const Host::Impl> its;
    StartOptions options{};
    OnRelay on_relay{};
};

/// See Host::start() and, of a kept one, Host::start_kept().
std::unique_ptr<Instance::Impl> start(const Starter& starter, const Sandbox& description, bool kept);

/// Starts one that libvirt has.
std::unique_ptr<Instance::Impl> start_stored(const Starter& starter, const std::string& name);

}  // namespace sandgraft::session
