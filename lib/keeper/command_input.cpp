// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/command_input.hpp"

#include <algorithm>

namespace sandgraft::keeper {

void CommandInput::open() {
    open_ = true;
    flush();
}

const char* CommandInput::taken() const {
    if (client_ != nullptr) return "another client has the command's input";
    if (!waiting_.empty()) return "the command has not taken the input that it was given before";
    return nullptr;
}

void CommandInput::hold(wire::Link& client, std::uint16_t number) {
    client_ = &client;
    number_ = number;
    from_client_ = {};
    if (over()) client.send(wire::encode_eof(number, wire::Stream::input));
}

void CommandInput::take(std::string_view bytes) {
    from_client_.send(bytes.size());
    if (over()) return;
    waiting_ += bytes;
    flush();
}

void CommandInput::end() {
    from_client_.end();
    if (over()) return;
    ended_ = true;
    flush();
}

void CommandInput::grant(std::uint32_t bytes) {
    to_guest_.grant(bytes);
    flush();
    grant_client();
}

void CommandInput::refuse() {
    if (refused_) throw Error(ErrorCode::protocol, "the peer ended a stream twice");
    refused_ = true;
    waiting_.clear();
    if (client_ != nullptr && !ended_) client_->send(wire::encode_eof(number_, wire::Stream::input));
}

void CommandInput::flush() {
    if (!open_) return;
    std::size_t done = 0;
    while (done < waiting_.size() && to_guest_.allowed() > 0) {
        const auto most = std::min<std::size_t>(to_guest_.allowed(), wire::max_payload);
        const auto piece = std::string_view(waiting_).substr(done, most);
        guest_.send(wire::encode_data(0, wire::Stream::input, piece));
        to_guest_.send(piece.size());
        done += piece.size();
    }
    waiting_.erase(0, done);
    if (!ended_ || refused_ || !waiting_.empty() || to_guest_.ended()) return;
    to_guest_.end();
    guest_.send(wire::encode_eof(0, wire::Stream::input));
}

/// What the guest takes, the client may send, as soon as nothing waits here.
void CommandInput::grant_client() {
    if (client_ == nullptr || over() || !waiting_.empty() || from_client_.allowed() >= to_guest_.allowed()) return;
    const std::uint32_t bytes = to_guest_.allowed() - from_client_.allowed();
    client_->send(wire::encode_credit(number_, wire::Stream::input, bytes));
    from_client_.grant(bytes);
}

}  // namespace sandgraft::keeper
