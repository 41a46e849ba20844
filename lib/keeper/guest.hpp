// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "keeper/client.hpp"
#include "keeper/command_input.hpp"
#include "keeper/command_output.hpp"
#include "keeper/processes.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"
#include "wire/published_ports.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sandgraft::keeper {

/// The sandbox: the channel to its init, its command, and the processes beside it. What init sends is passed on to the
/// clients that it is for. An init that misbehaves has ended its sandbox.
class Guest {
public:
    /// @param ports  that the sandbox publishes.
    explicit Guest(base::Fd channel, std::vector<wire::PublishedPorts::Port> ports = {})
        : link_(std::move(channel)), ports_(std::move(ports)) {}

    [[nodiscard]] const wire::Link& link() const { return link_; }
    [[nodiscard]] wire::Link& link() { return link_; }

    /// Reads the channel once, and passes on what came. Never throws for what the guest did.
    void read();

    [[nodiscard]] bool has_terminal() const { return terminal_; }  ///< the command, as the starter says

    // How far it is.
    [[nodiscard]] bool is_open() const { return open_; }  ///< the channel
    [[nodiscard]] bool is_set_up() const { return phase_ >= Phase::configured; }
    [[nodiscard]] bool is_started() const { return phase_ >= Phase::running; }
    [[nodiscard]] bool has_ended() const { return failure_.has_value() || exited().has_value(); }
    [[nodiscard]] const std::optional<wire::Exited>& exited() const { return output_.exited(); }
    [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

    /// Has the sandbox that ends wait for release(): libvirt, while it creates it, would lose it.
    void hold() { is_held_ = true; }
    [[nodiscard]] bool is_held() const { return is_held_; }
    void release();

    /// Ends the sandbox at once.
    void destroy() { fail("the sandbox ended before its command did"); }

    // What the starter says, each frame in turn; it has been decoded.
    void greet(const wire::Hello& hello);
    void configure(const wire::Frame& piece, bool last);

    /// For the command; nothing where there is none.
    void pass_to_command(const wire::Frame& frame);

    CommandInput& input() { return input_; }
    CommandOutput& output() { return output_; }
    wire::PublishedPorts& ports() { return ports_; }
    [[nodiscard]] const wire::PublishedPorts& ports() const { return ports_; }

    /// Why no process can be started; null: one can.
    [[nodiscard]] const char* refusal() const;

    /// Starts one for a client, under a number of its own.
    Guests start(Client& client, std::uint16_t number, const std::string& config);

    /// Passes a client's frame on to its process.
    /// @throws Error protocol when the guest would not bear it.
    void pass(Guests number, const wire::Frame& frame);

    /// Ends a process whose client has gone.
    void abandon(Guests number);

private:
    enum class Phase { silent, greeted, configured, running };

    void dispatch(const wire::Frame& frame);
    void dispatch_command(const wire::Frame& frame);
    void dispatch_process(const wire::Frame& frame);
    void enter(Phase phase, const wire::Frame& frame);
    void take_hello(const wire::Frame& frame);
    void take_eof(wire::Stream stream);
    void take_credit(const wire::Frame& frame);
    void end(const wire::Frame& frame);
    void check(Process& process, const wire::Frame& frame);
    void remove(Guests number);
    void forget_processes();
    void fail(const std::string& reason);
    void let_go();

    wire::Link link_;
    CommandInput input_{link_};
    CommandOutput output_{link_};
    Processes processes_;
    wire::PublishedPorts ports_;
    Phase phase_ = Phase::silent;
    std::uint16_t version_ = 0;
    bool terminal_ = false;
    bool ordered_ = false;  ///< all of the configuration has been sent
    bool open_ = true;
    bool is_held_ = false;
    std::optional<std::string> failure_;
};

}  // namespace sandgraft::keeper
