// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/relay.hpp"

#include "console/output.hpp"
#include "console/sigpipe.hpp"
#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>

namespace sandgraft::console {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A full frame of input, and more signals than anybody sends in earnest.
constexpr std::size_t most_waiting = 1024 * 1024;

base::Fd open_null(int flags) {
    return base::checked(::open("/dev/null", flags | O_CLOEXEC), "cannot open '/dev/null'");
}

wire::Source source_or_null(int fd) {
    if (fd >= 0) return make_source(fd, wire::Stream::input);
    return {open_null(O_RDONLY), 0, wire::Stream::input};
}

wire::Sink sink_or_null(int fd, wire::Stream stream) {
    if (fd >= 0) return make_sink(fd, stream);
    return {open_null(O_WRONLY), 0, stream};
}

[[noreturn]] void unexpected(const wire::Frame& frame) {
    throw Error(ErrorCode::protocol,
                "the sandbox sent an unexpected frame '" + std::string(wire::name(frame.type)) + "'");
}

/// What is left of a timeout, for poll(2); negative stays "for ever".
int remaining(milliseconds timeout, Clock::time_point start) {
    if (timeout < milliseconds(0)) return -1;
    const auto left = timeout - std::chrono::duration_cast<milliseconds>(Clock::now() - start);
    return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(std::numeric_limits<int>::max())).count());
}

std::string to_text(milliseconds time) {
    return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

void check_failure(int error, const char* what) {
    if (error != 0 && error != EPIPE)
        throw Error(ErrorCode::io, std::string("cannot ") + what + ": " + std::strerror(error));
}

}  // namespace

Relay::Relay(base::Fd channel, const Streams& streams)
    : link_(std::move(channel)),
      input_(source_or_null(streams.input)),
      output_(sink_or_null(streams.output, wire::Stream::output)),
      error_(sink_or_null(streams.error, wire::Stream::error)),
      wake_(base::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "cannot create an event descriptor")) {}

void Relay::configure(wire::WindowSize window, std::string_view config) {
    const SigpipeBlock block;
    link_.send(wire::encode(wire::Hello{.window = window}));
    link_.send(wire::encode_config(config));
}

void Relay::await(State state, milliseconds deadline) {
    const SigpipeBlock block;
    const auto start = Clock::now();
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
}

std::optional<wire::Exited> Relay::run(milliseconds timeout) {
    if (exited_ && failure_told_) return exited_;
    try {
        relay(timeout);
        if (!done()) return std::nullopt;
        check_streams();
    } catch (...) {
        failure_told_ = true;
        throw;
    }
    return exited_;
}

void Relay::relay(milliseconds timeout) {
    const SigpipeBlock block;
    const auto start = Clock::now();
    dispatch_read();  // what came with the hello
    while (!done()) {
        const int left = remaining(timeout, start);
        step(left);
        if (left == 0) return;
    }
}

void Relay::check_streams() const {
    check_failure(input_.failure(), "read the command's input");
    check_failure(output_.failure(), "write the command's standard output");
    check_failure(error_.failure(), "write the command's standard error");
}

std::optional<wire::Exited> Relay::exited() const {
    const std::lock_guard lock(ending_);
    return exited_;
}

void Relay::step(int timeout_ms) {
    const bool takes_input = state_ == State::started && input_.ready(link_);
    std::array<pollfd, slots> polled{};
    polled[link_slot] = {exited_ && link_.idle() ? -1 : link_.fd(), link_.wanted(), 0};
    polled[wake_slot] = {wake_.get(), POLLIN, 0};
    polled[input_slot] = {takes_input ? input_.fd() : -1, POLLIN, 0};
    polled[output_slot] = {output_.waiting() ? output_.fd() : -1, POLLOUT, 0};
    polled[error_slot] = {error_.waiting() ? error_.fd() : -1, POLLOUT, 0};
    if (::poll(polled.data(), polled.size(), timeout_ms) < 0) {
        if (errno == EINTR) return;
        base::throw_errno("cannot wait for the sandbox");
    }
    if (polled[wake_slot].revents != 0) note_wake();
    if (polled[link_slot].revents & POLLOUT) link_.flush();
    if (polled[link_slot].revents & ~POLLOUT) {
        read_link();
        dispatch_read();
    }
    if (polled[output_slot].revents != 0) output_.flush(link_);
    if (polled[error_slot].revents != 0) error_.flush(link_);
    if (polled[input_slot].revents != 0 && input_.ready(link_)) input_.pump(link_);
}

void Relay::post(std::string_view frame) {
    const SigpipeBlock block;
    if (link_.waiting() > most_waiting)
        throw Error(ErrorCode::io, "the sandbox does not take the signals and sizes that are sent to it");
    link_.send(frame);
    if (link_.idle()) return;
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
}

/// What the link has to send is seen by the next step.
void Relay::note_wake() {
    std::uint64_t count = 0;
    (void)!::read(wake_.get(), &count, sizeof count);
}

void Relay::read_link() {
    if (!link_.read()) {
        if (exited_) return;
        throw Error(ErrorCode::hypervisor, state_ < State::configured
                                               ? "the sandbox ended before its init could report"
                                               : "the sandbox, or the connection to it, ended before its command did");
    }
}

void Relay::dispatch_read() {
    while (const auto frame = link_.next()) dispatch(*frame);
}

void Relay::dispatch(const wire::Frame& frame) {
    if (!expects(frame.type) || frame.process != 0) unexpected(frame);
    switch (frame.type) {
        case wire::FrameType::failed:
            failure_ = wire::decode_failed(frame);
            throw Error(ErrorCode::hypervisor, *failure_);
        case wire::FrameType::hello:
            version_ = wire::negotiate(wire::decode_hello(frame));
            state_ = State::greeted;
            return;
        case wire::FrameType::configured:
            wire::decode_empty(frame);
            state_ = State::configured;
            return;
        case wire::FrameType::ready: wire::decode_empty(frame); return start();
        case wire::FrameType::data: return sink_of(frame).take(frame.payload, link_);
        case wire::FrameType::eof: return end_of_stream(wire::decode_eof(frame));
        case wire::FrameType::credit: return grant(frame);
        case wire::FrameType::exited: return end(frame);
        default: unexpected(frame);
    }
}

bool Relay::expects(wire::FrameType type) const {
    using wire::FrameType;
    switch (state_) {
        case State::silent: return type == FrameType::hello || type == FrameType::failed;
        case State::greeted: return type == FrameType::configured || type == FrameType::failed;
        case State::configured:
            return type == FrameType::ready || type == FrameType::exited || type == FrameType::failed;
        case State::started:
            return type != FrameType::hello && type != FrameType::configured && type != FrameType::ready;
        case State::exited: break;
    }
    return false;
}

void Relay::start() {
    state_ = State::started;
    if (!is_deserted_fifo(input_.fd())) return;
    input_.limit(0);
    input_.pump(link_);
}

/// A command that could not start has not been ready, and only that one.
void Relay::end(const wire::Frame& frame) {
    const auto exited = wire::decode_exited(frame, version_);
    if ((exited.how == wire::Exited::How::not_started) != (state_ == State::configured)) unexpected(frame);
    state_ = State::exited;
    {
        const std::lock_guard lock(ending_);
        exited_ = exited;
    }
    link_.send(wire::encode_empty(0, wire::FrameType::stop));
}

void Relay::grant(const wire::Frame& frame) {
    if (wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
    input_.grant(wire::decode_credit(frame));
}

/// Of input: the command has closed it. Of the others: there is no more.
void Relay::end_of_stream(wire::Stream stream) {
    switch (stream) {
        case wire::Stream::input: return input_.close();
        case wire::Stream::output: return output_.finish();
        case wire::Stream::error: return error_.finish();
    }
}

wire::Sink& Relay::sink_of(const wire::Frame& frame) {
    switch (wire::decode_stream(frame)) {
        case wire::Stream::output: return output_;
        case wire::Stream::error: return error_;
        case wire::Stream::input: break;
    }
    unexpected(frame);
}

}  // namespace sandgraft::console
