// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/guest.hpp"

#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <sys/socket.h>

namespace sandgraft::keeper {

namespace {

/// Of what processes are started with, and the guest has not taken yet.
constexpr std::size_t most_waiting = 64 * 1024 * 1024;

[[noreturn]] void unexpected(const wire::Frame& frame) {
    throw Error(ErrorCode::protocol, "an unexpected frame '" + std::string(wire::name(frame.type)) + "' of process " +
                                         std::to_string(frame.process));
}

/// Of a stream that the guest writes.
wire::Stream output_stream(const wire::Frame& frame) {
    const auto stream = wire::decode_stream(frame);
    if (stream == wire::Stream::input) unexpected(frame);
    return stream;
}

/// Of the stream that the guest reads.
std::uint32_t input_credit(const wire::Frame& frame) {
    if (wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
    return wire::decode_credit(frame);
}

std::string renumbered(wire::Frame frame, std::uint16_t number) {
    frame.process = number;
    return wire::encode(frame);
}

}  // namespace

void Guest::read() {
    try {
        const bool more = link_.read();
        while (const auto frame = link_.next())
            if (!has_ended()) dispatch(*frame);
        if (more) return;
        if (!has_ended()) return destroy();
        open_ = false;
    } catch (const Error& error) {
        fail(std::string("the sandbox's init misbehaves: ") + error.what());
    }
}

void Guest::fail(const std::string& reason) {
    if (has_ended()) return;
    failure_ = reason;
    output_.abandon();
    forget_processes();
    ports_.abandon();
    open_ = false;
    let_go();
}

void Guest::release() {
    is_held_ = false;
    if (has_ended()) let_go();
}

/// Has a sandbox end that has had its last word.
void Guest::let_go() {
    if (is_held_) return;
    if (failure_)
        ::shutdown(link_.fd(), SHUT_RDWR);  // whoever else still holds a copy
    else
        link_.send(wire::encode_empty(0, wire::FrameType::stop));
}

void Guest::dispatch(const wire::Frame& frame) {
    if (frame.process > wire::most_processes)
        ports_.take(frame, version_, link_);
    else if (frame.process != 0)
        dispatch_process(frame);
    else
        dispatch_command(frame);
}

void Guest::dispatch_command(const wire::Frame& frame) {
    using wire::FrameType;
    const bool running = phase_ == Phase::running;
    if (frame.type == FrameType::hello) return take_hello(frame);
    if (frame.type == FrameType::failed) return fail(wire::decode_failed(frame));
    if (frame.type == FrameType::configured && ordered_) return enter(Phase::configured, frame);
    if (frame.type == FrameType::ready) return enter(Phase::running, frame);
    if (frame.type == FrameType::exited && phase_ >= Phase::configured) return end(frame);
    if (frame.type == FrameType::data && running) return output_.take(output_stream(frame), frame.payload);
    if (frame.type == FrameType::eof && running) return take_eof(wire::decode_eof(frame));
    if (frame.type == FrameType::credit && running) return input_.grant(input_credit(frame));
    unexpected(frame);
}

void Guest::take_hello(const wire::Frame& frame) {
    if (phase_ != Phase::silent) unexpected(frame);
    version_ = wire::negotiate(wire::decode_hello(frame));
    if (version_ < wire::connect_version && !ports_.empty())
        return fail("the sandbox's init is of an older release, which publishes no ports");
    phase_ = Phase::greeted;
}

/// Each follows the one before it.
void Guest::enter(Phase phase, const wire::Frame& frame) {
    wire::decode_empty(frame);
    if (static_cast<int>(phase) != static_cast<int>(phase_) + 1) unexpected(frame);
    phase_ = phase;
}

void Guest::take_eof(wire::Stream stream) {
    if (stream == wire::Stream::input)
        input_.refuse();
    else
        output_.end(stream);
}

/// Its last word: the guest is let go, while the clients still take what there is for them.
void Guest::end(const wire::Frame& frame) {
    output_.exit(wire::decode_exited(frame, version_));
    forget_processes();
    ports_.close();
    let_go();
}

void Guest::dispatch_process(const wire::Frame& frame) {
    Process* process = processes_.find(frame.process);
    if (process == nullptr)
        throw Error(ErrorCode::protocol, "a frame '" + std::string(wire::name(frame.type)) + "' of process " +
                                             std::to_string(frame.process) + ", which does not run");
    check(*process, frame);
    if (process->client != nullptr) process->client->link.send(renumbered(frame, process->number));
    if (frame.type == wire::FrameType::exited || frame.type == wire::FrameType::failed) remove(frame.process);
}

/// Whether the guest may say this now.
void Guest::check(Process& process, const wire::Frame& frame) {
    using wire::FrameType;
    if (frame.type == FrameType::exited) return (void)wire::decode_exited(frame, version_);
    if (frame.type == FrameType::failed) return;
    if (process.is_started == (frame.type == FrameType::ready)) unexpected(frame);
    switch (frame.type) {
        case FrameType::ready:
            wire::decode_empty(frame);
            process.is_started = true;
            return;
        case FrameType::data: return process.flow_of(output_stream(frame)).send(frame.payload.size());
        case FrameType::credit: return process.input.grant(input_credit(frame));
        case FrameType::eof: break;
        default: unexpected(frame);
    }
    const auto stream = wire::decode_eof(frame);
    if (stream != wire::Stream::input) return process.flow_of(stream).end();
    if (process.refuses_input) unexpected(frame);
    process.refuses_input = true;
}

void Guest::remove(Guests number) {
    const Process* process = processes_.find(number);
    if (process->client != nullptr) process->client->numbers.erase(process->number);
    processes_.remove(number);
}

/// Those that are left when the sandbox has ended; an init that has told all ends leaves none.
void Guest::forget_processes() {
    for (auto& [number, process] : processes_) {
        if (process.client == nullptr) continue;
        process.client->link.send(wire::encode_failed(process.number, "the sandbox has ended"));
        process.client->numbers.erase(process.number);
    }
    processes_ = {};
}

void Guest::greet(const wire::Hello& hello) {
    terminal_ = hello.terminal;
    link_.send(wire::encode(wire::Hello{.window = hello.window}));
}

void Guest::configure(const wire::Frame& piece, bool last) {
    link_.send(wire::encode(piece));
    ordered_ = last;
    if (last) input_.open();
}

void Guest::pass_to_command(const wire::Frame& frame) {
    if (ordered_ && !has_ended()) link_.send(renumbered(frame, 0));
}

const char* Guest::refusal() const {
    if (has_ended()) return "the sandbox's command has ended";
    if (!is_set_up()) return "the sandbox has not been set up yet";
    if (version_ < wire::exec_version) return "the sandbox's init is too old to start processes beside its command";
    if (processes_.full()) return "the sandbox has 1024 processes beside its command already";
    if (link_.waiting() > most_waiting) return "the sandbox's init does not take more processes now";
    return nullptr;
}

Guests Guest::start(Client& client, std::uint16_t number, const std::string& config) {
    const Guests guests = processes_.add(client, number);
    link_.send(wire::encode_exec(guests, config));
    return guests;
}

void Guest::pass(Guests number, const wire::Frame& frame) {
    using wire::FrameType;
    Process& process = *processes_.find(number);
    switch (frame.type) {
        case FrameType::data:
            if (wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
            process.input.send(frame.payload.size());
            break;
        case FrameType::eof:
            if (wire::decode_eof(frame) == wire::Stream::input) process.input.end();
            break;
        case FrameType::credit: process.flow_of(output_stream(frame)).grant(wire::decode_credit(frame)); break;
        case FrameType::window_size: (void)wire::decode_window_size(frame); break;
        case FrameType::signal: (void)wire::decode_signal(frame); break;
        case FrameType::stop: wire::decode_empty(frame); break;
        default: unexpected(frame);
    }
    link_.send(renumbered(frame, number));
}

void Guest::abandon(Guests number) {
    processes_.find(number)->client = nullptr;
    link_.send(wire::encode_empty(number, wire::FrameType::stop));
}

}  // namespace sandgraft::keeper
