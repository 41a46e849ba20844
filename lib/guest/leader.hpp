// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/child.hpp"
#include "guest/process.hpp"

namespace sandgraft::guest {

/// What the sandbox runs for: the process 0 of the channel, with whose end all others end.
class Leader {
public:
    Leader() = default;
    virtual ~Leader() = default;
    Leader(const Leader&) = delete;
    Leader& operator=(const Leader&) = delete;

    virtual Process start() = 0;
    [[nodiscard]] virtual bool has_terminal() const = 0;

    /// What the others have of it, exec_spec() says.
    [[nodiscard]] virtual const ProcessSpec& spec() const = 0;

    /// Passes a signal of the host's on to it; SIGTERM asks it to end in order.
    virtual void signal(const Child& child, int number) = 0;

    /// Puts the calling process, which is to become another, where the others belong.
    virtual void admit() const = 0;

    /// Of one that is no child: what it tells, at descriptor(), and whether it ends now. A SIGCONT asks too.
    [[nodiscard]] virtual int descriptor() const = 0;
    virtual void take_news() = 0;
    virtual bool is_ending() = 0;

    /// For the others.
    [[nodiscard]] const Starter& starter() const { return starter_; }

private:
    Starter starter_;
};

}  // namespace sandgraft::guest
