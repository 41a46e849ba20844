// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/orders.hpp"

#include "base/overload.hpp"

#include <sandgraft/error.hpp>

namespace sandgraft::keeper {

namespace {

/// Of execs that have not come whole, all clients' together.
constexpr std::size_t most_assembling = 64 * 1024 * 1024;

[[noreturn]] void unexpected(const wire::Frame& frame) {
    throw Error(ErrorCode::protocol, "the client sent an unexpected frame '" + std::string(wire::name(frame.type)) +
                                         "' of process " + std::to_string(frame.process));
}

void refuse(Client& client, std::uint16_t number, const char* reason) {
    client.link.send(wire::encode_failed(number, reason));
}

/// Whether an exec ends with this piece.
bool is_last(const wire::Frame& piece) { return wire::ConfigReceiver().take(piece).has_value(); }

}  // namespace

bool Orders::read(Client& client) {
    const bool more = client.link.read();
    while (const auto frame = client.link.next())
        if (!client.knows_end) dispatch(client, *frame);
    client.is_held = !guest_.link().idle();
    return more;
}

void Orders::dispatch(Client& client, const wire::Frame& frame) {
    using wire::FrameType;
    if (!client.is_greeted) return greet(client, frame);
    if (frame.type == FrameType::config) return configure(client, frame);
    if (frame.process == 0) return dispatch_command(frame);
    if (frame.process > wire::most_processes || frame.type == FrameType::connect) unexpected(frame);
    const auto found = client.numbers.find(frame.process);
    if (found == client.numbers.end()) return open(client, frame);
    std::visit(base::Overload{
                   [&](Refused) {
                       if (frame.type == FrameType::exec && is_last(frame)) client.numbers.erase(found);
                   },
                   [&](Assembling& exec) { assemble(client, frame, exec); },
                   [&](Guests number) { guest_.pass(number, frame); },
                   [&](Attachment* attachment) { pass(*attachment, frame); },
               },
               found->second);
}

/// The starter's says what the command's terminal is like.
void Orders::greet(Client& client, const wire::Frame& frame) {
    if (frame.type != wire::FrameType::hello) unexpected(frame);
    const auto hello = wire::decode_hello(frame);
    if (wire::negotiate(hello) < wire::exec_version)
        throw Error(ErrorCode::protocol, "the client is too old to speak to a keeper");
    client.is_greeted = true;
    if (client.is_starter) guest_.greet(hello);
}

void Orders::configure(Client& client, const wire::Frame& frame) {
    if (!client.is_starter || is_configured_ || frame.process != 0) unexpected(frame);
    is_configured_ = sandbox_.take(frame).has_value();
    guest_.configure(frame, is_configured_);
}

/// The command's streams are those of attachments.
void Orders::dispatch_command(const wire::Frame& frame) {
    using wire::FrameType;
    switch (frame.type) {
        case FrameType::signal: (void)wire::decode_signal(frame); break;
        case FrameType::window_size: (void)wire::decode_window_size(frame); break;
        case FrameType::stop: wire::decode_empty(frame); break;
        case FrameType::destroy: wire::decode_empty(frame); return guest_.destroy();
        default: unexpected(frame);
    }
    guest_.pass_to_command(frame);
}

/// A number that stands for nothing. Other frames for it have crossed the end of what it was for.
void Orders::open(Client& client, const wire::Frame& frame) {
    if (frame.type == wire::FrameType::attach) return attach(client, frame);
    if (frame.type != wire::FrameType::exec) return;
    const char* reason = assembling_ > most_assembling ? "too many processes are being started" : guest_.refusal();
    if (reason == nullptr) {
        auto& use = client.numbers[frame.process] = Assembling{};
        return assemble(client, frame, std::get<Assembling>(use));
    }
    refuse(client, frame.process, reason);
    if (!is_last(frame)) client.numbers[frame.process] = Refused{};
}

/// Init gets an exec only when it has come whole: its client may go away before.
void Orders::assemble(Client& client, const wire::Frame& frame, Assembling& exec) {
    if (frame.type != wire::FrameType::exec) unexpected(frame);
    const auto config = exec.config.take(frame);
    if (!config) {
        assembling_ += exec.config.size() - exec.counted;
        exec.counted = exec.config.size();
        return;
    }
    assembling_ -= exec.counted;
    const char* reason = guest_.refusal();
    if (reason == nullptr) {
        client.numbers[frame.process] = guest_.start(client, frame.process, *config);
        return;
    }
    refuse(client, frame.process, reason);
    client.numbers.erase(frame.process);
}

void Orders::attach(Client& client, const wire::Frame& frame) {
    const auto wanted = wire::decode_attach(frame);
    const bool full = guest_.output().attachments() >= wire::most_processes;
    const char* reason = full           ? "too many clients are attached to the command"
                         : wanted.input ? guest_.input().taken()
                                        : nullptr;
    if (reason != nullptr) return refuse(client, frame.process, reason);
    client.numbers[frame.process] = &guest_.output().attach(client.link, frame.process, wanted);
    if (wanted.input) guest_.input().hold(client.link, frame.process);
}

void Orders::pass(Attachment& attachment, const wire::Frame& frame) {
    using wire::FrameType;
    switch (frame.type) {
        case FrameType::data: return take_input(attachment, frame);
        case FrameType::eof: return end_stream(attachment, wire::decode_eof(frame));
        case FrameType::credit: {
            const auto stream = wire::decode_stream(frame);
            if (stream == wire::Stream::input) unexpected(frame);
            return attachment.grant(stream, wire::decode_credit(frame));
        }
        case FrameType::signal: (void)wire::decode_signal(frame); return guest_.pass_to_command(frame);
        case FrameType::window_size: (void)wire::decode_window_size(frame); return guest_.pass_to_command(frame);
        case FrameType::stop: wire::decode_empty(frame); return attachment.detach();
        default: unexpected(frame);
    }
}

void Orders::take_input(const Attachment& attachment, const wire::Frame& frame) {
    if (!attachment.holds_input() || wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
    guest_.input().take(frame.payload);
}

void Orders::end_stream(Attachment& attachment, wire::Stream stream) {
    if (stream != wire::Stream::input) return attachment.close(stream);
    if (attachment.holds_input()) guest_.input().end();
}

void Orders::detach(const Attachment& attachment) {
    if (attachment.holds_input()) guest_.input().release();
    guest_.output().remove(attachment);
}

void Orders::leave(Client& client) {
    for (auto& [number, use] : client.numbers)
        std::visit(base::Overload{
                       [](Refused) {},
                       [&](const Assembling& exec) { assembling_ -= exec.counted; },
                       [&](Guests process) { guest_.abandon(process); },
                       [&](const Attachment* attachment) { detach(*attachment); },
                   },
                   use);
    client.numbers.clear();
}

void Orders::sweep(Client& client) {
    std::erase_if(client.numbers, [&](const auto& entry) {
        const auto* attachment = std::get_if<Attachment*>(&entry.second);
        if (attachment == nullptr || !(*attachment)->done()) return false;
        detach(**attachment);
        return true;
    });
}

}  // namespace sandgraft::keeper
