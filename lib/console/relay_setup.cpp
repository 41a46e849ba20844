// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/sigpipe.hpp"
#include "console/relay.hpp"
#include "console/timeout.hpp"
#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <poll.h>
#include <cerrno>

namespace sandgraft::console {

namespace {

using std::chrono::milliseconds;

std::string to_text(milliseconds time) {
    return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace

void Relay::greet(wire::WindowSize window, bool terminal) {
    const base::SigpipeBlock block;
    link_.send(wire::encode(wire::Hello{.window = window, .terminal = terminal}));
}

void Relay::configure(std::string_view config) {
    const base::SigpipeBlock block;
    link_.send(wire::encode_config(config));
}

void Relay::await(State state, milliseconds deadline) {
    const base::SigpipeBlock block;
    const auto start = Clock::now();
    const Lock lock(mutex_);
    while (state_ < state) {
        if (const auto frame = link_.next()) {
            dispatch(*frame);
            continue;
        }
        pollfd polled{link_.fd(), link_.wanted(), 0};
        const int left = remaining(deadline, start);
        if (::poll(&polled, 1, left) < 0 && errno != EINTR) base::throw_errno("cannot wait for the sandbox");
        if (left == 0 && polled.revents == 0)
            throw Error(ErrorCode::hypervisor, "the sandbox's init did not report within " + to_text(deadline));
        if (polled.revents & POLLOUT) link_.flush();
        if (polled.revents & ~POLLOUT) read_link();
    }
    update_watches();
    announce_work();  // frames may have come already, which no descriptor tells of
}

void Relay::join(milliseconds deadline) {
    greet({});
    await_hello(deadline);
    const Lock lock(mutex_);
    state_ = State::configured;
    command_->assume_started();
    update_watches();
}

/// The lock belongs to who waits.
void Relay::interrupt() {
    const base::SigpipeBlock block;
    if (leads_to_keeper_) link_.send(wire::encode_empty(0, wire::FrameType::destroy));
    link_.shut_down();
}

void Relay::take_greeting(const wire::Frame& frame) {
    if (frame.type != wire::FrameType::hello || frame.process != 0) unexpected(frame);
    const auto hello = wire::decode_hello(frame);
    version_ = wire::negotiate(hello);
    command_has_terminal_ = hello.terminal;
    state_ = State::greeted;
}

void Relay::take_setup(const wire::Frame& frame) {
    if (frame.type != wire::FrameType::configured) unexpected(frame);
    wire::decode_empty(frame);
    state_ = State::configured;
}

}  // namespace sandgraft::console
