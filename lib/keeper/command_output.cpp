// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/command_output.hpp"

#include <algorithm>
#include <limits>

namespace sandgraft::keeper {

namespace {

/// Credit is granted in portions, so that a grant is rare beside the data that it answers.
constexpr std::uint32_t grant_portion = wire::stream_window / 4;

}  // namespace

void CommandOutput::take(wire::Stream stream, std::string_view bytes) {
    flow_of(stream).send(bytes.size());
    if (!bytes.empty()) kept_.append(stream, bytes);
}

void CommandOutput::end(wire::Stream stream) { flow_of(stream).end(); }

Attachment& CommandOutput::attach(wire::Link& client, std::uint16_t number, const wire::Attach& wanted) {
    return attachments_.emplace_back(client, number, wanted, kept_);
}

void CommandOutput::remove(const Attachment& attachment) {
    attachments_.remove_if([&](const Attachment& other) { return &other == &attachment; });
}

void CommandOutput::pump() {
    const OutputState state{kept_, {flows_[0].ended() || abandoned_, flows_[1].ended() || abandoned_}, exited_};
    std::uint64_t needed = std::numeric_limits<std::uint64_t>::max();
    for (auto& attachment : attachments_) {
        attachment.pump(state);
        needed = std::min(needed, attachment.needed());
    }
    kept_.trim(needed);
    grant(wire::Stream::output);
    grant(wire::Stream::error);
}

void CommandOutput::grant(wire::Stream stream) {
    Flow& flow = flow_of(stream);
    if (flow.ended() || exited_) return;
    std::uint64_t behind = 0;
    for (const auto& attachment : attachments_) behind = std::max(behind, attachment.behind(stream, kept_));
    const std::uint64_t used = wire::stream_window - flow.allowed();
    if (used < behind + grant_portion) return;
    const auto bytes = static_cast<std::uint32_t>(used - behind);
    guest_.send(wire::encode_credit(0, stream, bytes));
    flow.grant(bytes);
}

}  // namespace sandgraft::keeper
