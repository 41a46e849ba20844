// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/poller.hpp"
#include "guest/process.hpp"
#include "wire/pump.hpp"

#include <cstdint>
#include <optional>

namespace sandgraft::guest {

/// A process that init has started for the host, from there until its end is told.
class Child {
public:
    /// @param kills  how many processes were killed for want of memory before.
    Child(std::uint16_t number, Process process, bool terminal, std::uint64_t kills, Poller& poller);

    [[nodiscard]] std::uint16_t number() const { return number_; }
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Whether it is not known yet how the start went.
    [[nodiscard]] bool starting() const { return static_cast<bool>(start_); }
    [[nodiscard]] bool exited() const { return exited_.has_value(); }

    /// How the start goes; what it was told once is Starting ever after.
    Progress progress();

    /// It runs: the input that has come is its own now. Until then nothing is told of its streams.
    void begin(wire::Link& link) { input_.release(link); }

    /// Sends a signal to its process group.
    void signal(int number) const;

    void resize(wire::WindowSize size) const;
    void take_input(std::string_view bytes, wire::Link& link) { input_.take(bytes, link); }
    void flush_input(wire::Link& link) { input_.flush(link); }

    /// Of input: there is no more. Of the others: the host cannot get rid of it, so the process's writes shall fail.
    void end_of_stream(wire::Stream stream);

    /// @throws Error protocol for more than a window.
    void grant(wire::Stream stream, std::uint32_t bytes);

    /// An output may have something to read.
    void note_readable(Role role) { output_of(role).readable = true; }

    /// Whether there may be output that the host takes.
    [[nodiscard]] bool has_output() const;

    /// Sends at most one frame of each output. What follows the first has to wait for the link, so the two take turns
    /// at being first, lest a flood of one starves the other.
    void pump(wire::Link& link);

    /// It has ended: what it has written is all output that there is, what it left behind does not count.
    void note_exit(int wait_status, std::uint64_t kills);

    /// Nothing of its output is wanted any more.
    void drop_output();

    /// How it has ended, once all of its output is sent.
    [[nodiscard]] std::optional<wire::Exited> ended() const;

private:
    struct Output {
        wire::Source source;
        bool readable = false;
    };

    Output& output_of(Role role) { return role == Role::error ? error_ : output_; }
    void pump(Output& output, wire::Link& link) const;

    std::uint16_t number_;
    pid_t pid_;
    bool terminal_;
    std::uint64_t kills_;
    base::Fd start_;  ///< until it is known how the start went
    wire::Sink input_;
    Output output_;
    Output error_;
    bool error_first_ = false;
    std::optional<wire::Exited> exited_;
};

}  // namespace sandgraft::guest
