// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/process.hpp"

#include "base/sigpipe.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace sandgraft {

namespace {

std::uint16_t to_characters(unsigned count) {
    constexpr unsigned most = std::numeric_limits<std::uint16_t>::max();
    return static_cast<std::uint16_t>(std::min(count, most));
}

Exit to_exit(const wire::Exited& exited) {
    const auto how = [&] {
        switch (exited.how) {
            case wire::Exited::How::status: return Exit::How::status;
            case wire::Exited::How::signal: return Exit::How::signal;
            case wire::Exited::How::not_started: break;
        }
        return Exit::How::not_started;
    }();
    return {.how = how,
            .value = static_cast<int>(exited.value),
            .out_of_memory = exited.out_of_memory,
            .peak_memory_bytes = exited.peak_memory,
            .stopped_by_libvirt = exited.stopped};
}

}  // namespace

int Exit::exit_status() const {
    switch (how) {
        case How::status: return value;
        case How::signal: return 128 + value;
        case How::not_started: break;
    }
    return value == ENOENT || value == ENOTDIR ? 127 : 126;
}

Process::Impl::Impl(std::shared_ptr<console::Relay> its_relay, std::shared_ptr<console::Process> its_process,
                    int its_terminal, const std::string& guard)
    : relay(std::move(its_relay)),
      process(std::move(its_process)),
      terminal_guard(guard),
      terminal(its_terminal, [this](const console::Modes* modes) {
          const base::SigpipeBlock block;
          terminal_guard.tell(terminal.fd(), modes == nullptr ? root::TerminalModes{}
                                                              : root::TerminalModes{true, modes->raw, modes->before});
      }) {}

std::optional<int> Process::Impl::wait(std::chrono::milliseconds timeout) {
    try {
        if (!relay->exited(*process)) terminal.make_raw();
        if (!relay->wait(*process, timeout)) return std::nullopt;
        terminal.restore();
        return to_exit(relay->exited(*process).value()).exit_status();
    } catch (...) {
        terminal.restore();
        throw;
    }
}

Process::Process(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
    Process old(std::move(*this));
    impl_ = std::move(other.impl_);
    return *this;
}

Process::~Process() {
    if (impl_ && impl_->owner.is_here()) impl_->relay->cancel(*impl_->process);
}

std::optional<int> Process::wait(std::chrono::milliseconds timeout) { return impl_->wait(timeout); }

std::optional<Exit> Process::exit() const {
    const auto exited = impl_->relay->exited(*impl_->process);
    if (!exited) return std::nullopt;
    return to_exit(*exited);
}

std::string Process::start_error() const {
    const auto end = exit();
    if (!end || end->how != Exit::How::not_started) return {};
    return std::strerror(end->value);
}

void Process::send_signal(int number) {
    if (number < 1 || number > 64) throw Error(ErrorCode::invalid, "there is no signal " + std::to_string(number));
    impl_->relay->send_signal(*impl_->process, static_cast<std::uint8_t>(number));
}

void Process::resize(unsigned rows, unsigned columns) {
    impl_->relay->resize(*impl_->process, {to_characters(rows), to_characters(columns)});
}

void Process::resize() { impl_->relay->resize(*impl_->process, impl_->terminal.size()); }

void Process::suspend_terminal() { impl_->terminal.suspend(); }

void Process::resume_terminal() {
    impl_->terminal.resume();
    resize();
}

namespace session {

console::Streams descriptors_of(const Streams& streams) { return {streams.input, streams.output, streams.error}; }

console::Listener listener_of(const Streams& streams) {
    return {.on_output = streams.on_output,
            .on_error = streams.on_error,
            .on_ready = streams.on_ready,
            .on_end = streams.on_exit};
}

}  // namespace session

}  // namespace sandgraft
