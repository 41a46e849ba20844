// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"
#include "wire/pump.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::console {

/// Which descriptors a command is connected to; -1: nothing, which its input sees as an end of file and its output
/// as a reader that throws everything away.
struct Streams {
    int input = -1;
    int output = -1;
    int error = -1;
};

/// The host's end of a sandbox's channel. One thread calls what relays or waits; what sends may be called from any
/// thread meanwhile.
class Relay {
public:
    Relay(base::Fd channel, const Streams& streams);

    /// Greets the guest and tells it what to set up and run, which it does as soon as it can. On a channel that is not
    /// transparent before the guest has made it so, to be called after await_hello().
    /// @param config  encoded; see wire::GuestConfig.
    void configure(wire::WindowSize window, std::string_view config);

    /// Waits for the guest's hello.
    /// @param deadline  negative: none.
    /// @throws Error what the guest says when it failed, hypervisor when it ended or said nothing in time, protocol when
    ///         it misbehaves or speaks no version that this side does.
    void await_hello(std::chrono::milliseconds deadline) { await(State::greeted, deadline); }

    /// Waits until the guest has set up the sandbox. Output that came with its word is kept for run(): until then the
    /// caller's terminal is not raw, and nobody is there to pass its signals on. Throws as await_hello().
    void await_setup(std::chrono::milliseconds deadline) { await(State::configured, deadline); }

    /// Why init could not set up the sandbox, when it has said so.
    [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

    /// Relays until the command has ended and its output is written, or the time ran out.
    /// @param timeout  negative waits for ever.
    /// @throws Error io when the input could not be read or an output not be written, for another reason than a closed
    ///         pipe, protocol when the guest misbehaves, hypervisor when the sandbox ended before its command. When it
    ///         has thrown after the command's end, the next call returns that.
    std::optional<wire::Exited> run(std::chrono::milliseconds timeout);

    /// How the command ended, as soon as the guest has said so. For any thread.
    [[nodiscard]] std::optional<wire::Exited> exited() const;

    /// These go out at once, whether somebody is in run() or not, or as soon as the guest takes more.
    /// @throws Error io when the guest has not taken far more than anybody sends in earnest.
    void send_signal(std::uint8_t number) { post(wire::encode_signal(0, number)); }
    void resize(wire::WindowSize size) { post(wire::encode_window_size(0, size)); }
    void ask_to_stop() { post(wire::encode_empty(0, wire::FrameType::stop)); }

private:
    /// How far the guest has come; each admits other frames.
    enum class State { silent, greeted, configured, started, exited };
    enum Slot { link_slot, wake_slot, input_slot, output_slot, error_slot, slots };

    [[nodiscard]] bool done() const { return exited_ && !output_.waiting() && !error_.waiting(); }
    void await(State state, std::chrono::milliseconds deadline);
    void post(std::string_view frame);
    void note_wake();
    void relay(std::chrono::milliseconds timeout);
    void step(int timeout_ms);
    void check_streams() const;
    void read_link();
    void dispatch_read();
    void dispatch(const wire::Frame& frame);
    [[nodiscard]] bool expects(wire::FrameType type) const;
    void start();
    void end(const wire::Frame& frame);
    void grant(const wire::Frame& frame);
    void end_of_stream(wire::Stream stream);
    wire::Sink& sink_of(const wire::Frame& frame);

    wire::Link link_;
    wire::Source input_;
    wire::Sink output_;
    wire::Sink error_;
    base::Fd wake_;  ///< an event for run(): the link has something to send
    mutable std::mutex ending_;
    std::optional<wire::Exited> exited_;  ///< written under the lock, by the thread that is in run()
    std::optional<std::string> failure_;
    bool failure_told_ = false;
    State state_ = State::silent;
    std::uint16_t version_ = 0;  ///< that both sides speak, once the guest has greeted
};

}  // namespace sandgraft::console
