// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/supervise.hpp"

#include "wire/config_transfer.hpp"
#include "wire/pump.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

namespace sandgraft::guest {

namespace {

/// The signals that somebody outside may send to init, who passes them to the command.
constexpr std::array forwarded_signals = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

base::Fd take_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    for (const int number : forwarded_signals) ::sigaddset(&set, number);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) < 0) base::throw_errno("cannot block signals");
    return base::checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "cannot create a signal descriptor");
}

wire::Exited describe(int wait_status) {
    if (WIFSIGNALED(wait_status)) return {wire::Exited::How::signal, static_cast<std::uint32_t>(WTERMSIG(wait_status))};
    return {wire::Exited::How::status, static_cast<std::uint32_t>(WEXITSTATUS(wait_status))};
}

/// The most that a command can have left in a stream when it ends.
std::uint64_t capacity(int fd) {
    constexpr std::uint64_t most_in_terminal = 128 * 1024;  // tty_buffer.c keeps 64 KiB, n_tty.c 4 KiB
    const int pipe = ::fcntl(fd, F_GETPIPE_SZ);
    return pipe < 0 ? most_in_terminal : static_cast<std::uint64_t>(pipe);
}

/// Until the host has said something, or has taken more of what it is told.
void await_host(wire::Link& link) {
    pollfd entry{link.fd(), link.wanted(), 0};
    while (::poll(&entry, 1, -1) < 0)
        if (errno != EINTR) base::throw_errno("cannot wait for the host");
    if (entry.revents & POLLOUT) link.flush();
}

[[noreturn]] void unexpected(const wire::Frame& frame) {
    throw Error(ErrorCode::protocol, "the host sent an unexpected frame '" + std::string(wire::name(frame.type)) + "'");
}

class Supervisor {
public:
    Supervisor(wire::Link& link, std::uint16_t version, const MemoryWatch& memory, base::Fd signals, Process process,
               bool terminal)
        : link_(link),
          version_(version),
          memory_(memory),
          signals_(std::move(signals)),
          pid_(process.pid),
          terminal_(terminal),
          terminal_fd_(terminal ? process.output.get() : -1),
          input_(std::move(process.input), 0, wire::Stream::input),
          output_(std::move(process.output), 0, wire::Stream::output),
          error_(std::move(process.error), 0, wire::Stream::error) {}

    void run() {
        dispatch_read();  // what came with the host's orders
        while (!done_) {
            drain_after_exit();
            if (reported_ && terminated_ && link_.idle()) return;
            step();
        }
    }

private:
    enum Slot { link_slot, signal_slot, input_slot, output_slot, error_slot, slots };

    void step() {
        std::array<pollfd, slots> polled{};
        polled[link_slot] = {link_.fd(), link_.wanted(), 0};
        polled[signal_slot] = {signals_.get(), POLLIN, 0};
        polled[input_slot] = {input_.waiting() && !reported_ ? input_.fd() : -1, POLLOUT, 0};
        polled[output_slot] = {output_.ready(link_) ? output_.fd() : -1, POLLIN, 0};
        polled[error_slot] = {error_.ready(link_) ? error_.fd() : -1, POLLIN, 0};
        if (::poll(polled.data(), polled.size(), -1) < 0) {
            if (errno == EINTR) return;
            base::throw_errno("cannot wait for the sandbox's streams");
        }
        if (polled[signal_slot].revents != 0) take_signal();
        if (polled[link_slot].revents & POLLOUT) link_.flush();
        if (polled[link_slot].revents & ~POLLOUT) read_link();
        if (polled[input_slot].revents != 0) input_.flush(link_);
        pump_outputs(polled[output_slot].revents != 0, polled[error_slot].revents != 0);
    }

    /// One full frame may be queued, and what follows has to wait for the link: so the two take turns at being first,
    /// lest a flood of one stream starves the other.
    void pump_outputs(bool output, bool error) {
        const auto pump = [this](wire::Source& source, bool readable) {
            if (readable && source.ready(link_)) source.pump(link_);
        };
        if (error_first_) pump(error_, error);
        pump(output_, output);
        if (!error_first_) pump(error_, error);
        error_first_ = !error_first_;
    }

    /// All output of the command comes before its exit; a process that it left behind, and that still holds a stream
    /// open or writes to it without end, does not keep the sandbox alive.
    void drain_after_exit() {
        if (!exited_ || reported_) return;
        for (auto* source : {&output_, &error_})
            while (source->ready(link_))
                if (!source->pump(link_)) source->close();
        if (output_.open() || error_.open()) return;
        link_.send(wire::encode_exited(0, *exited_, version_));  // the last frame: the host takes no other after it
        reported_ = true;
    }

    void take_signal() {
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) == sizeof info)
            if (info.ssi_signo == SIGCHLD)
                reap();
            else
                pass_on(info);
    }

    void reap() {
        int status = 0;
        pid_t pid = 0;
        while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0)
            if (pid == pid_) note_exit(status);
    }

    void note_exit(int status) {
        exited_ = describe(status);
        exited_->out_of_memory = memory_.has_killed();
        for (auto* source : {&output_, &error_})
            if (source->open()) source->limit(capacity(source->fd()));
    }

    /// A SIGTERM from outside (no process here has the number 0) is the hypervisor's: it ends the sandbox, and init
    /// shall not wait for the host then.
    void pass_on(const signalfd_siginfo& info) {
        if (info.ssi_signo == SIGTERM && info.ssi_pid == 0) terminated_ = true;
        send_signal(static_cast<int>(info.ssi_signo));
    }

    void send_signal(int number) const {
        if (!exited_) ::kill(-pid_, number);
    }

    void read_link() {
        if (!link_.read()) {
            done_ = true;
            return;
        }
        dispatch_read();
    }

    void dispatch_read() {
        while (const auto frame = link_.next()) dispatch(*frame);
    }

    void dispatch(const wire::Frame& frame) {
        if (reported_ && frame.type != wire::FrameType::stop) return;  // under way when the command ended
        if (frame.process != 0)
            throw Error(ErrorCode::protocol, "the host named the unknown process " + std::to_string(frame.process));
        switch (frame.type) {
            case wire::FrameType::data: return take_input(frame);
            case wire::FrameType::eof: return end_of_stream(wire::decode_eof(frame));
            case wire::FrameType::credit: return grant(frame);
            case wire::FrameType::window_size:
                if (terminal_fd_ >= 0 && output_.open()) set_window_size(terminal_fd_, wire::decode_window_size(frame));
                return;
            case wire::FrameType::signal: return send_signal(wire::decode_signal(frame));
            case wire::FrameType::stop: return stop();
            default: unexpected(frame);
        }
    }

    void take_input(const wire::Frame& frame) {
        if (wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
        input_.take(frame.payload, link_);
    }

    /// Of input: there is no more. Of the others: the host cannot get rid of it, so the command's writes shall fail.
    void end_of_stream(wire::Stream stream) {
        switch (stream) {
            case wire::Stream::input: return end_input();
            case wire::Stream::output: return output_.close();
            case wire::Stream::error: return error_.close();
        }
    }

    /// A terminal has no half to close: its end of input is the character that means it, Ctrl-D, at the start of
    /// a line. Where the last line is not ended, a first one only hands it to the command.
    void end_input() { input_.finish(terminal_ ? "\x04\x04" : ""); }

    void grant(const wire::Frame& frame) {
        const auto bytes = wire::decode_credit(frame);
        switch (wire::decode_stream(frame)) {
            case wire::Stream::output: return output_.grant(bytes);
            case wire::Stream::error: return error_.grant(bytes);
            case wire::Stream::input: unexpected(frame);
        }
    }

    /// Before the command's end: ask it to end. After it: the host has everything.
    void stop() {
        if (reported_)
            done_ = true;
        else
            send_signal(SIGTERM);
    }

    wire::Link& link_;
    std::uint16_t version_;
    const MemoryWatch& memory_;
    base::Fd signals_;
    pid_t pid_;
    bool terminal_;
    int terminal_fd_;
    wire::Sink input_;
    wire::Source output_;
    wire::Source error_;
    std::optional<wire::Exited> exited_;
    bool error_first_ = false;
    bool reported_ = false;
    bool terminated_ = false;
    bool done_ = false;
};

/// The command could not start: say why, and wait until the host knows.
void report_start_error(wire::Link& link, std::uint16_t version, int error) {
    const wire::Exited exited{wire::Exited::How::not_started, static_cast<std::uint32_t>(error)};
    link.send(wire::encode_exited(0, exited, version));
    do {
        while (const auto frame = link.next())
            if (frame->type == wire::FrameType::stop) return;
        await_host(link);
    } while (link.read());
}

/// The next frame, which has to be of this type; its payload is valid until the link is read again.
wire::Frame await_frame(wire::Link& link, wire::FrameType type) {
    for (;;) {
        if (const auto frame = link.next()) {
            if (frame->type != type) unexpected(*frame);
            return *frame;
        }
        await_host(link);
        if (!link.read()) throw Error(ErrorCode::protocol, "the host went away");
    }
}

}  // namespace

Orders greet(wire::Link& link) {
    link.send(wire::encode(wire::Hello{}));
    const auto greeting = await_frame(link, wire::FrameType::hello);
    const auto hello = wire::decode_hello(greeting);
    const auto version = wire::negotiate(hello);
    wire::ConfigReceiver receiver;
    for (;;)
        if (auto config = receiver.take(await_frame(link, wire::FrameType::config)))
            return {version, hello.window, std::move(*config)};
}

void supervise(wire::Link& link, std::uint16_t version, const ProcessSpec& spec, const wire::WindowSize* window,
               const MemoryWatch& memory) {
    base::Fd signals = take_signals();  // before there is a child whose end could be missed
    const bool terminal = window != nullptr;
    Process process = terminal ? start_with_terminal(spec, *window) : start_with_pipes(spec);
    if (process.start_error != 0) return report_start_error(link, version, process.start_error);
    link.send(wire::encode_empty(0, wire::FrameType::ready));
    Supervisor(link, version, memory, std::move(signals), std::move(process), terminal).run();
}

}  // namespace sandgraft::guest
