// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/owner.hpp"
#include "console/relay.hpp"
#include "console/terminal.hpp"

#include <sandgraft/process.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace sandgraft {

struct Process::Impl {
    /// @param terminal  the user's, when the process has one too; else -1.
    Impl(std::shared_ptr<console::Relay> its_relay, std::shared_ptr<console::Process> its_process, int its_terminal)
        : relay(std::move(its_relay)), process(std::move(its_process)), terminal(its_terminal) {}

    /// See Process::wait(). From the first call on the terminal stays raw between the calls, so that no key that comes
    /// there means anything else.
    std::optional<int> wait(std::chrono::milliseconds timeout);

    base::Owner owner;
    std::shared_ptr<console::Relay> relay;
    std::shared_ptr<console::Process> process;
    console::Terminal terminal;
};

namespace session {

console::Streams descriptors_of(const Streams& streams);
console::Listener listener_of(const Streams& streams);

}  // namespace session

}  // namespace sandgraft
