// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/process.hpp"

#include "console/output.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <cerrno>
#include <cstring>

namespace sandgraft::console {

namespace {

base::Fd open_null(int flags) {
    return base::checked(::open("/dev/null", flags | O_CLOEXEC), "cannot open '/dev/null'");
}

wire::Source make_input(std::uint16_t process, int fd) {
    if (fd >= 0) return make_source(fd, process);
    return {open_null(O_RDONLY), process, wire::Stream::input};
}

wire::Sink make_output(std::uint16_t process, wire::Stream stream, int fd, bool handed_over) {
    if (handed_over) return {process, stream};
    if (fd >= 0) return make_sink(fd, process, stream);
    return {open_null(O_WRONLY), process, stream};
}

void check_failure(int error, const char* what) {
    if (error != 0 && error != EPIPE)
        throw Error(ErrorCode::io, std::string("cannot ") + what + ": " + std::strerror(error));
}

}  // namespace

void unexpected(const wire::Frame& frame) {
    throw Error(ErrorCode::protocol,
                "the sandbox sent an unexpected frame '" + std::string(wire::name(frame.type)) + "'");
}

Process::Process(std::uint16_t number, const Streams& streams, Listener listener)
    : number_(number),
      listener_(std::make_shared<const Listener>(std::move(listener))),
      input_(make_input(number, streams.input)),
      output_(make_output(number, wire::Stream::output, streams.output, static_cast<bool>(listener_->on_output))),
      error_(make_output(number, wire::Stream::error, streams.error, static_cast<bool>(listener_->on_error))) {}

void Process::watch(const base::Epoll& epoll) {
    input_watch_ = {epoll, input_.fd(), tag_of(number_, wire::Stream::input)};
    output_watch_ = {epoll, output_.fd(), tag_of(number_, wire::Stream::output)};
    error_watch_ = {epoll, error_.fd(), tag_of(number_, wire::Stream::error)};
}

void Process::take(const wire::Frame& frame, std::uint16_t version, wire::Link& link) {
    if (!expects(frame.type)) unexpected(frame);
    switch (frame.type) {
        case wire::FrameType::ready: wire::decode_empty(frame); return start(link);
        case wire::FrameType::data: return sink_of(frame).take(frame.payload, link);
        case wire::FrameType::eof: return end_of_stream(wire::decode_eof(frame));
        case wire::FrameType::credit: return grant(frame);
        case wire::FrameType::exited: return end(frame, version);
        case wire::FrameType::failed: return refuse(frame);
        default: unexpected(frame);
    }
}

bool Process::expects(wire::FrameType type) const {
    using wire::FrameType;
    switch (state_) {
        case State::starting: return type == FrameType::ready || type == FrameType::exited || type == FrameType::failed;
        case State::started:
            return type == FrameType::data || type == FrameType::eof || type == FrameType::credit ||
                   type == FrameType::exited;
        case State::ended: break;
    }
    return false;
}

void Process::start(wire::Link& link) {
    state_ = State::started;
    was_ready_ = true;
    if (!is_deserted_fifo(input_.fd())) return;
    input_.limit(0);
    input_.pump(link);
}

/// One that could not start has not been ready, and only that one, unless it is the follower that was.
void Process::end(const wire::Frame& frame, std::uint16_t version) {
    const auto exited = wire::decode_exited(frame, version);
    const bool never_ran = exited.how == wire::Exited::How::not_started;
    if (never_ran != (state_ == State::starting) && !(never_ran && follows_)) unexpected(frame);
    exited_ = exited;
    close();
}

void Process::refuse(const wire::Frame& frame) {
    refusal_ = wire::decode_failed(frame);
    close();
}

/// The end of each stream is told, but of a process that never ran.
void Process::close() {
    state_ = State::ended;
    input_.close();
    for (auto* output : {&output_, &error_})
        if (!output->finishing()) output->finish();
}

void Process::grant(const wire::Frame& frame) {
    if (wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
    input_.grant(wire::decode_credit(frame));
}

/// Of input: the process has closed it. Of the others: there is no more.
void Process::end_of_stream(wire::Stream stream) {
    switch (stream) {
        case wire::Stream::input: return input_.close();
        case wire::Stream::output: return output_.finish();
        case wire::Stream::error: return error_.finish();
    }
}

wire::Sink& Process::sink_of(const wire::Frame& frame) {
    switch (wire::decode_stream(frame)) {
        case wire::Stream::output: return output_;
        case wire::Stream::error: return error_;
        case wire::Stream::input: break;
    }
    unexpected(frame);
}

bool Process::takes_input(const wire::Link& link) const { return state_ == State::started && input_.ready(link); }

/// @return false when nothing was there.
bool Process::pump_input(wire::Link& link) {
    if (!takes_input(link) || !input_.pump(link)) return false;
    if (input_.has_met_sequence()) link.send(wire::encode_empty(number_, wire::FrameType::stop));
    return true;
}

void Process::serve(wire::Stream stream, wire::Link& link) {
    switch (stream) {
        case wire::Stream::input: pump_input(link); return;
        case wire::Stream::output: return output_.flush(link);
        case wire::Stream::error: return error_.flush(link);
    }
}

void Process::serve_always_ready(wire::Link& link) {
    while (input_watch_.always_ready() && pump_input(link)) {
    }
}

void Process::update_watches(const wire::Link& link) {
    const auto update = [](Watch& watch, bool open, std::uint32_t events) {
        if (open)
            watch.want(events);
        else
            watch.reset();
    };
    update(input_watch_, input_.open(), takes_input(link) ? EPOLLIN : 0U);
    update(output_watch_, output_.open(), output_.waiting() ? EPOLLOUT : 0U);
    update(error_watch_, error_.open(), error_.waiting() ? EPOLLOUT : 0U);
}

void Process::abandon(wire::Link& link) {
    listener_.reset();
    input_.close();
    if (!over()) {
        output_.close(link);
        error_.close(link);
    }
    update_watches(link);
}

Process::Delivery Process::take_delivery() {
    Delivery delivery;
    if (!listener_) return delivery;
    if (listener_->on_output) delivery.output = output_.hand_over();
    if (listener_->on_error) delivery.error = error_.hand_over();
    delivery.ready = was_ready_ && !std::exchange(ready_told_, was_ready_);
    delivery.ended = done() && !std::exchange(end_told_, true);
    if (!delivery.empty()) delivery.listener = listener_;
    return delivery;
}

void Process::Delivery::call() const {
    if (ready && listener->on_ready) listener->on_ready();
    if (!output.empty()) listener->on_output(output);
    if (!error.empty()) listener->on_error(error);
    if (ended && listener->on_end) listener->on_end();
}

void Process::delivered(const Delivery& delivery, wire::Link& link) {
    output_.handed_over(delivery.output.size(), link);
    error_.handed_over(delivery.error.size(), link);
}

void Process::check_streams() {
    if (std::exchange(failure_told_, true)) return;
    check_failure(input_.failure(), "read the command's input");
    check_failure(output_.failure(), "write the command's standard output");
    check_failure(error_.failure(), "write the command's standard error");
}

}  // namespace sandgraft::console
