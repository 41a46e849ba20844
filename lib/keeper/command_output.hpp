// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "keeper/attachment.hpp"
#include "keeper/flow.hpp"
#include "keeper/kept_output.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"

#include <array>
#include <cstddef>
#include <list>
#include <optional>

namespace sandgraft::keeper {

/// The output of the sandbox's own command: kept, and sent to all that are attached. The guest is granted credit for
/// what all those that follow it have taken; where nobody does, at once.
class CommandOutput {
public:
    explicit CommandOutput(wire::Link& guest) : guest_(guest) {}

    // From the guest. The first two throw Error protocol when it misbehaves.
    void take(wire::Stream stream, std::string_view bytes);
    void end(wire::Stream stream);
    void exit(const wire::Exited& exited) { exited_ = exited; }

    /// Nothing comes any more, nor how the command ended.
    void abandon() { abandoned_ = true; }

    [[nodiscard]] const std::optional<wire::Exited>& exited() const { return exited_; }

    /// The attachment stays where it is until remove().
    Attachment& attach(wire::Link& client, std::uint16_t number, const wire::Attach& wanted);
    void remove(const Attachment& attachment);
    [[nodiscard]] std::size_t attachments() const { return attachments_.size(); }

    /// Sends what can be sent, and grants what has been taken; to be called when anything has changed.
    void pump();

private:
    void grant(wire::Stream stream);
    Flow& flow_of(wire::Stream stream) { return flows_[stream == wire::Stream::output ? 0 : 1]; }

    wire::Link& guest_;
    KeptOutput kept_;
    std::array<Flow, 2> flows_;
    std::list<Attachment> attachments_;
    std::optional<wire::Exited> exited_;
    bool abandoned_ = false;
};

}  // namespace sandgraft::keeper
