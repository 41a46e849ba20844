// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/owner.hpp"
#include "console/relay.hpp"
#include "console/terminal.hpp"
#include "root/terminal_guard.hpp"

#include <sandgraft/process.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sandgraft {

struct Process::Impl {
    /// @param terminal  the user's, when the process has one too; else -1.
    /// @param guard     the path of sandgraft-guard.
    Impl(std::shared_ptr<console::Relay> its_relay, std::shared_ptr<console::Process> its_process, int its_terminal,
         const std::string& guard);

    /// See Process::wait(). From the first call on the terminal stays raw between the calls, so that no key that comes
    /// there means anything else.
    std::optional<int> wait(std::chrono::milliseconds timeout);

    base::Owner owner;
    std::shared_ptr<console::Relay> relay;
    std::shared_ptr<console::Process> process;
    root::TerminalGuard terminal_guard;
    console::Terminal terminal;
};

namespace session {

console::Streams descriptors_of(const Streams& streams);
console::Listener listener_of(const Streams& streams);

}  // namespace session

}  // namespace sandgraft
