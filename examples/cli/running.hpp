// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "kept.hpp"
#include "progress.hpp"
#include "signals.hpp"

#include <sandgraft/host.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace cli {

/// The caller's own.
inline sandgraft::Streams standard_streams() { return {.input = 0, .output = 1, .error = 2}; }

/// How `sandgraft COMMAND` starts a sandbox: what takes long and what is not as it should be is told.
sandgraft::StartOptions start_options(const std::string& command, Progress& progress);

/// Relays until the process ends, which gets this one's signals meanwhile.
/// @return its status.
int see_through(SignalForwarder& signals, sandgraft::Process& process);

/// One line when it could not be executed, as the shells have it; it could not say so itself.
void report_start(const std::string& command, const sandgraft::Process& process, const std::string& program);

/// One line when the sandbox ran out of memory: nothing else tells a command that was killed for it, or that lost
/// a process, from one that failed by itself.
/// @param limit  what it was allowed, as --memory has it; empty: all.
void report_memory(const std::string& command, const sandgraft::Exit& end, const std::string& limit);

/// Does something that needs a sandbox to be stopped, again while one of that name is just ending.
void when_ended(const std::string& name, const std::function<void()>& action);

/// Starts a sandbox that libvirt keeps. One of that name that is just ending is waited for.
sandgraft::Instance start_kept(const std::string& command, const sandgraft::Host& host, const std::string& name,
                               const sandgraft::StartOptions& options);

/// How long a sandbox that boots into units is waited for, and for what.
struct Patience {
    sandgraft::Readiness readiness = sandgraft::Readiness::ready;
    std::chrono::milliseconds longest{90000};
};

/// Likewise, and returns when its command runs, or its units are so far.
/// @param ports  that are published beside those of its description.
/// @return 0, or a status that says why it does not.
int start_detached(const std::string& command, const sandgraft::Host& host, const std::string& name,
                   const std::vector<sandgraft::PublishedPort>& ports = {}, const Patience& patience = {});

/// "ready", "booted" or "none".
sandgraft::Readiness parse_readiness(const std::string& text);

/// Waits for the units of a sandbox that boots into some, and tells of those that do not run.
/// @return whether they are so far.
bool await_units(const std::string& command, sandgraft::Instance& instance, const Patience& patience);

/// Where the ports are of one that was started: those for which any of the host was asked.
/// @param asked  all of them, in their order.
void report_ports(const std::string& command, const sandgraft::Instance& instance,
                  const std::vector<sandgraft::PublishedPort>& asked);

/// Waits for the start of a command; `is_ready` is set by its Streams::on_ready.
/// @return whether it runs.
bool await_start(sandgraft::Instance& instance, const bool& is_ready);

/// What the command of a sandbox is, for report_start().
std::string program_of(const sandgraft::Sandbox& sandbox);

/// Finds the sandbox that the request names first, through its keeper. When there is none, libvirt is asked what is
/// there instead, which the error tells.
sandgraft::Instance connect(const KeptRequest& request);

}  // namespace cli
