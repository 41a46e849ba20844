// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/child.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <cerrno>
#include <csignal>

namespace sandgraft::guest {

namespace {

wire::Exited describe(int wait_status) {
    if (WIFSIGNALED(wait_status)) return {wire::Exited::How::signal, static_cast<std::uint32_t>(WTERMSIG(wait_status))};
    return {wire::Exited::How::status, static_cast<std::uint32_t>(WEXITSTATUS(wait_status))};
}

/// The most that a process can have left in a stream when it ends.
std::uint64_t capacity(int fd) {
    constexpr std::uint64_t most_in_terminal = 128 * 1024;  // tty_buffer.c keeps 64 KiB, n_tty.c 4 KiB
    const int pipe = ::fcntl(fd, F_GETPIPE_SZ);
    return pipe < 0 ? most_in_terminal : static_cast<std::uint64_t>(pipe);
}

}  // namespace

Child::Child(std::uint16_t number, Process process, bool terminal, std::uint64_t kills, Poller& poller)
    : number_(number),
      pid_(process.pid),
      terminal_(terminal),
      kills_(kills),
      start_(std::move(process.start)),
      input_(std::move(process.input), number, wire::Stream::input),
      output_{{std::move(process.output), number, wire::Stream::output}},
      error_{{std::move(process.error), number, wire::Stream::error}} {
    input_.hold();
    poller.add(start_.get(), EPOLLIN, Role::start, number);
    poller.add(input_.fd(), EPOLLOUT | EPOLLET, Role::input, number);
    poller.add(output_.source.fd(), EPOLLIN | EPOLLET, Role::output, number);
    if (!terminal) poller.add(error_.source.fd(), EPOLLIN | EPOLLET, Role::error, number);
}

Progress Child::progress() {
    if (!start_) return Starting{};
    auto progress = guest::progress(start_);
    if (!std::holds_alternative<Starting>(progress)) start_.reset();
    return progress;
}

/// A child that has not come to make its session is alone.
void Child::signal(int number) const {
    if (exited_) return;
    if (::kill(-pid_, number) < 0 && errno == ESRCH) ::kill(pid_, number);
}

void Child::resize(wire::WindowSize size) const {
    if (terminal_ && output_.source.open()) set_window_size(output_.source.fd(), size);
}

/// A terminal has no half to close: its end of input is the character that means it, Ctrl-D, at the start of a line.
/// Where the last line is not ended, a first one only hands it to the process.
void Child::end_of_stream(wire::Stream stream) {
    switch (stream) {
        case wire::Stream::input: return input_.finish(terminal_ ? "\x04\x04" : "");
        case wire::Stream::output: return output_.source.close();
        case wire::Stream::error: return error_.source.close();
    }
}

void Child::grant(wire::Stream stream, std::uint32_t bytes) {
    (stream == wire::Stream::error ? error_ : output_).source.grant(bytes);
}

/// A terminal may have its echo of early input before the process runs.
bool Child::has_output() const {
    const auto has = [](const Output& output) { return output.readable && output.source.wanted(); };
    return !starting() && (has(output_) || has(error_));
}

void Child::pump(wire::Link& link) {
    if (starting()) return;
    pump(error_first_ ? error_ : output_, link);
    pump(error_first_ ? output_ : error_, link);
    error_first_ = !error_first_;
}

/// After the end of the process nothing more is waited for.
void Child::pump(Output& output, wire::Link& link) const {
    if (!output.readable || !output.source.ready(link)) return;
    if (output.source.pump(link)) return;
    output.readable = false;
    if (exited_) output.source.close();
}

void Child::note_exit(int wait_status, std::uint64_t kills) {
    exited_ = describe(wait_status);
    exited_->out_of_memory = kills > kills_;
    for (auto* output : {&output_, &error_}) {
        if (output->source.open()) output->source.limit(capacity(output->source.fd()));
        output->readable = true;
    }
}

void Child::drop_output() {
    output_.source.close();
    error_.source.close();
}

std::optional<wire::Exited> Child::ended() const {
    if (output_.source.open() || error_.source.open()) return std::nullopt;
    return exited_;
}

}  // namespace sandgraft::guest
