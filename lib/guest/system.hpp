// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "guest/leader.hpp"
#include "wire/guest_config.hpp"

#include <string>
#include <vector>

namespace sandgraft::guest {

/// Prepares what systemd finds in a container, beside what every sandbox has: the units in memory, the sandbox's own
/// machine id and host name, and /run/host.
/// @param common  what all processes have.
/// @return what systemd is started with.
ProcessSpec prepare_system(const wire::GuestConfig& config, const ProcessSpec& common);

/// Makes a pseudo terminal and shows it at /dev/console.
PseudoTerminal make_console();

/// systemd, which the first process becomes. What speaks to the host is a child of it then, the agent: systemd does not
/// know it and, for its name, spares it when it ends.
class System : public Leader {
public:
    /// Forks, and goes on in the agent.
    /// @param systemd  what the first process becomes.
    /// @param others  what processes beside it have.
    /// @param groups  the directories of the control groups that systemd has.
    /// @param name  the argument by which the agent is known, changed in place.
    System(const ProcessSpec& systemd, ProcessSpec others, std::vector<std::string> groups,
           const PseudoTerminal& console, char* name);

    Process start() override { return std::move(process_); }

    [[nodiscard]] bool has_terminal() const override { return true; }
    [[nodiscard]] const ProcessSpec& spec() const override { return others_; }
    void signal(const Child& child, int number) override;
    void admit() const override;
    [[nodiscard]] int descriptor() const override { return notices_.get(); }
    void take_news() override;
    bool is_ending() override;

    /// For the agent that has nobody to speak to any more: ends the sandbox, unless it ends by itself.
    void end();

private:
    ProcessSpec others_;
    std::vector<std::string> groups_;
    base::Fd console_;  ///< kept open: without anybody who has it, it is at its end
    base::Fd notices_;  ///< where systemd tells how far it is
    Process process_;
    base::Fd brake_;
    base::Fd booted_;     ///< the writing ends of fifos: opened when systemd answers,
    base::Fd started_;    ///< and when it has done what it was asked for
    bool asked_ = false;  ///< to end in order
    bool ending_ = false;
};

}  // namespace sandgraft::guest
