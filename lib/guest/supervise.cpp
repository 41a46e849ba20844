// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/supervise.hpp"

#include "base/overload.hpp"
#include "guest/child.hpp"
#include "guest/connections.hpp"
#include "guest/exec_orders.hpp"
#include "guest/exec_spec.hpp"
#include "guest/greeting.hpp"
#include "guest/poller.hpp"
#include "wire/turns.hpp"

#include <sandgraft/error.hpp>

#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <optional>

namespace sandgraft::guest {

namespace {

using wire::Exited;
using wire::FrameType;

/// The signals that somebody outside may send to init, who passes them to the command.
constexpr std::array forwarded_signals = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

/// Of children that have ended, and of a leader that ends and is none: systemd stops and continues all before it does.
constexpr std::array news_signals = {SIGCHLD, SIGCONT};

constexpr std::uint16_t command_number = 0;

base::Fd take_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : news_signals) ::sigaddset(&set, number);
    for (const int number : forwarded_signals) ::sigaddset(&set, number);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) < 0) base::throw_errno("cannot block signals");
    return base::checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "cannot create a signal descriptor");
}

class Supervisor {
public:
    /// Takes the signals before there is a child whose end could be missed.
    Supervisor(wire::Link& link, std::uint16_t version, Leader& leader, const MemoryWatch& memory,
               const StopRequests& requests)
        : link_(link),
          version_(version),
          leader_(leader),
          memory_(memory),
          requests_(requests),
          signals_(take_signals()) {
        poller_.add(link_.fd(), EPOLLIN, Role::link);
        poller_.add(signals_.get(), EPOLLIN, Role::signals);
        poller_.add(requests_.fd(), EPOLLIN, Role::requests);
        if (leader_.descriptor() >= 0) poller_.add(leader_.descriptor(), EPOLLIN, Role::leader);
    }

    void run() {
        adopt(command_number, leader_.start(), leader_.has_terminal());
        dispatch_read();  // what came with the host's orders
        while (!done_) step();
    }

private:
    void step() {
        poll_link();
        const int longest = patience();
        const auto events = poller_.events(longest);
        for (const auto& event : events) handle(event);
        if (longest > 0 && events.empty()) done_ = true;
        take_turns();
    }

    /// In milliseconds, negative without end. When the sandbox ends because the hypervisor wishes so, there may be no
    /// host any more that takes note of it.
    [[nodiscard]] int patience() const {
        constexpr int longest_farewell = 2000;
        if (turns_.size() > 0 && link_.idle()) return 0;
        return ended_ && terminated_ ? longest_farewell : -1;
    }

    /// Asks whether the link takes more when there is more.
    void poll_link() {
        if (link_.idle() != link_full_) return;
        link_full_ = !link_full_;
        poller_.change(link_.fd(), link_full_ ? EPOLLIN | EPOLLOUT : EPOLLIN, Role::link);
    }

    void handle(const Poller::Event& event) {
        switch (event.role) {
            case Role::link: return serve_link(event.events);
            case Role::signals: return take_signal();
            case Role::requests: return take_requests();
            case Role::connection: return connections_.handle(event);
            case Role::leader: return leader_.take_news();
            case Role::start:
            case Role::input:
            case Role::output:
            case Role::error: break;
        }
        if (Child* child = find(event.process)) handle(*child, event.role);
    }

    void handle(Child& child, Role role) {
        switch (role) {
            case Role::start: return follow_start(child);
            case Role::input: return child.flush_input(link_);
            case Role::output:
            case Role::error: child.note_readable(role); return turns_.add(child.number());
            case Role::link:
            case Role::signals:
            case Role::requests:
            case Role::connection:
            case Role::leader: break;
        }
    }

    /// One full frame may be queued, and what follows has to wait for the link: a process that floods it waits for its
    /// next turn behind all others.
    void take_turns() {
        for (auto left = turns_.size(); left > 0 && link_.idle(); --left) take_turn(turns_.take());
    }

    void take_turn(std::uint16_t number) {
        if (number > wire::most_processes) return connections_.pump(number);
        Child* child = find(number);
        if (!child) return;
        child->pump(link_);
        if (child->has_output()) turns_.add(number);
        report(*child);
    }

    Child* find(std::uint16_t number) {
        const auto found = children_.find(number);
        return found == children_.end() ? nullptr : &found->second;
    }

    void adopt(std::uint16_t number, Process process, bool terminal) {
        const pid_t pid = process.pid;
        try {
            children_.try_emplace(number, number, std::move(process), terminal, memory_.kills(), poller_);
        } catch (...) {
            ::kill(pid, SIGKILL);
            throw;
        }
    }

    void follow_start(Child& child) {
        std::visit(base::Overload{
                       [](const Starting&) {},
                       [&](const Running&) {
                           link_.send(wire::encode_empty(child.number(), FrameType::ready));
                           child.begin(link_);
                           turns_.add(child.number());
                       },
                       [&](const NotExecuted& failure) {
                           end(child.number(), {Exited::How::not_started, static_cast<std::uint32_t>(failure.error)});
                       },
                       [&](const NotPrepared& failure) { give_up(child.number(), failure.reason); },
                   },
                   child.progress());
    }

    /// All output of a process comes before its end; a process that it left behind, and that still holds a stream open
    /// or writes to it without end, does not count.
    void report(const Child& child) {
        if (const auto exited = child.ended()) end(child.number(), *exited);
    }

    /// The end of the command is the last frame: the host takes no other after it.
    void end(std::uint16_t number, Exited exited) {
        if (number == command_number) {
            end_others();
            connections_.end();
            exited.peak_memory = memory_.peak();
            exited.stopped = terminated_;
            ended_ = true;
        }
        children_.erase(number);
        link_.send(wire::encode_exited(number, exited, version_));
    }

    void give_up(std::uint16_t number, const std::string& reason) {
        if (number == command_number) throw Error(ErrorCode::hypervisor, reason);
        children_.erase(number);
        link_.send(wire::encode_failed(number, reason));
    }

    /// Ends what the host has started beside the command, and waits for nobody.
    void end_others() {
        while (children_.upper_bound(command_number) != children_.end()) {
            Child& child = children_.upper_bound(command_number)->second;
            child.signal(SIGKILL);
            child.drop_output();
            if (child.starting())
                give_up(child.number(), "the sandbox's command has ended");
            else
                end(child.number(), child.ended().value_or(Exited{Exited::How::signal, SIGKILL}));
        }
    }

    void take_signal() {
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) == sizeof info) switch (info.ssi_signo) {
                case SIGCHLD: reap(); break;
                case SIGCONT: look_at_leader(); break;
                default: pass_on(info);
            }
    }

    void look_at_leader() {
        const Child* leader = find(command_number);
        if (leader != nullptr && !leader->exited() && leader_.is_ending()) note_exit(command_number, 0);
    }

    /// The end of the command comes last: it is that of all others, which may have ended by themselves.
    void reap() {
        std::optional<int> command_status;
        int status = 0;
        pid_t pid = 0;
        while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
            const auto found =
                std::find_if(children_.begin(), children_.end(), [&](const auto& c) { return c.second.pid() == pid; });
            if (found == children_.end()) continue;
            if (found->first == command_number)
                command_status = status;
            else
                note_exit(found->first, status);
        }
        if (command_status) note_exit(command_number, *command_status);
    }

    /// Why it could not start is known before its end.
    void note_exit(std::uint16_t number, int status) {
        follow_start(children_.at(number));
        Child* child = find(number);
        if (!child) return;
        child->note_exit(status, memory_.kills());
        if (number == command_number) end_others();
        turns_.add(number);
        report(*child);
    }

    /// From outside (no process here has the number 0) two are the hypervisor's: SIGTERM to end the sandbox, SIGHUP to
    /// reboot it.
    void pass_on(const signalfd_siginfo& info) {
        const auto number = static_cast<int>(info.ssi_signo);
        if (info.ssi_pid == 0 && (number == SIGTERM || number == SIGHUP)) return end_for_hypervisor();
        signal_command(number);
    }

    void take_requests() {
        if (requests_.take()) end_for_hypervisor();
    }

    void end_for_hypervisor() {
        terminated_ = true;
        signal_command(SIGTERM);
    }

    void signal_command(int number) {
        if (const Child* command = find(command_number)) leader_.signal(*command, number);
    }

    void serve_link(std::uint32_t events) {
        if (events & EPOLLOUT) link_.flush();
        if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) == 0) return;
        if (link_.read())
            dispatch_read();
        else
            done_ = true;
    }

    void dispatch_read() {
        while (const auto frame = link_.next()) dispatch(*frame);
    }

    /// Those of a newer version than the host speaks.
    void check_number(std::uint16_t number) const {
        if ((number != command_number && version_ < wire::exec_version) ||
            (number > wire::most_processes && version_ < wire::connect_version))
            throw Error(ErrorCode::protocol, "the host named the unknown process " + std::to_string(number));
    }

    /// A frame for a process that there is not was under way when it ended.
    void dispatch(const wire::Frame& frame) {
        if (ended_) {
            done_ = done_ || (frame.type == FrameType::stop && frame.process == command_number);
            return;
        }
        check_number(frame.process);
        if (frame.process > wire::most_processes || frame.type == FrameType::connect) return connections_.take(frame);
        if (frame.type == FrameType::exec)
            take_order(frame);
        else if (Child* child = find(frame.process))
            serve(*child, frame);
        else if (frame.type == FrameType::stop && orders_.cancel(frame.process))
            give_up(frame.process, "it was cancelled");
    }

    void serve(Child& child, const wire::Frame& frame) {
        switch (frame.type) {
            case FrameType::data: return take_input(child, frame);
            case FrameType::eof: child.end_of_stream(wire::decode_eof(frame)); return report(child);
            case FrameType::credit: return grant(child, frame);
            case FrameType::window_size: return child.resize(wire::decode_window_size(frame));
            case FrameType::signal: return signal(child, wire::decode_signal(frame));
            case FrameType::stop: return stop(child);
            default: unexpected(frame);
        }
    }

    void signal(const Child& child, int number) {
        if (child.number() == command_number)
            leader_.signal(child, number);
        else
            child.signal(number);
    }

    void take_input(Child& child, const wire::Frame& frame) {
        if (wire::decode_stream(frame) != wire::Stream::input) unexpected(frame);
        child.take_input(frame.payload, link_);
    }

    void grant(Child& child, const wire::Frame& frame) {
        const auto stream = wire::decode_stream(frame);
        if (stream == wire::Stream::input) unexpected(frame);
        child.grant(stream, wire::decode_credit(frame));
        if (child.has_output()) turns_.add(child.number());
    }

    /// The command is asked to end; another is cancelled.
    void stop(Child& child) {
        if (child.number() == command_number) return leader_.signal(child, SIGTERM);
        child.signal(SIGKILL);
        child.drop_output();
        report(child);
    }

    void take_order(const wire::Frame& frame) {
        if (frame.process == command_number) unexpected(frame);
        try {
            if (const auto config = orders_.take(frame)) exec(frame.process, wire::decode_exec_config(*config));
        } catch (const Error& error) {
            link_.send(wire::encode_failed(frame.process, error.what()));
        }
    }

    void exec(std::uint16_t number, const wire::ExecConfig& config) {
        if (find(number)) throw Error(ErrorCode::invalid, "the process " + std::to_string(number) + " runs already");
        if (find(command_number)->exited()) throw Error(ErrorCode::unsupported, "the sandbox's command has ended");
        const auto make_spec = [&] {
            leader_.admit();
            return exec_spec(leader_.spec(), config);
        };
        const Starter& starter = leader_.starter();
        adopt(number, config.terminal ? starter.with_terminal(make_spec, config.window) : starter.with_pipes(make_spec),
              config.terminal);
    }

    wire::Link& link_;
    std::uint16_t version_;
    Leader& leader_;
    const MemoryWatch& memory_;
    const StopRequests& requests_;
    base::Fd signals_;
    Poller poller_;
    ExecOrders orders_;
    std::map<std::uint16_t, Child> children_;
    wire::Turns turns_;
    Connections connections_{link_, poller_, turns_, version_};
    bool link_full_ = false;   ///< the poller asks whether it takes more
    bool terminated_ = false;  ///< the hypervisor ends the sandbox
    bool ended_ = false;       ///< the command's end is told
    bool done_ = false;        ///< the host has everything, or is gone
};

}  // namespace

void supervise(wire::Link& link, std::uint16_t version, Leader& leader, const MemoryWatch& memory,
               const StopRequests& requests) {
    Supervisor(link, version, leader, memory, requests).run();
}

}  // namespace sandgraft::guest
