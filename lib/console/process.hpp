// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "console/watch.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"
#include "wire/pump.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::console {

/// Which descriptors a process is connected to; -1: nothing, which its input sees as an end of file and its output as
/// a reader that throws everything away.
struct Streams {
    int input = -1;
    int output = -1;
    int error = -1;
};

/// Who wants to know what a process says and what becomes of it; called by whoever dispatches.
struct Listener {
    std::function<void(std::string_view)> on_output{};  ///< instead of a descriptor
    std::function<void(std::string_view)> on_error{};   ///< likewise
    std::function<void()> on_ready{};
    std::function<void()> on_end{};
};

/// This end of one process of a sandbox: its streams, and how far it has come. Belongs to a Relay, which alone calls
/// it, under its lock.
class Process {
public:
    Process(std::uint16_t number, const Streams& streams, Listener listener);

    [[nodiscard]] std::uint16_t number() const { return number_; }

    /// Somebody else has its input; none of its output comes here.
    void leave_streams() { input_.close(); }

    /// Its start is another's: whatever this end has heard, that may fail yet.
    void follow() { follows_ = true; }

    /// Leaves it when these bytes come from its input's descriptor, which are not its.
    void leave_at(const std::string& keys) { input_.stop_at(keys); }

    /// It runs already when this end hears of it, as far as a follower knows.
    void assume_started() {
        state_ = State::started;
        follow();
    }

    /// Registers the descriptors, by tags that tell number and stream; see number_of().
    void watch(const base::Epoll& epoll);

    /// @param version  of the protocol that both sides speak.
    /// @throws Error protocol when the guest may not say this now.
    void take(const wire::Frame& frame, std::uint16_t version, wire::Link& link);

    /// Moves what a descriptor, or all of those that are always ready, take or yield now.
    void serve(wire::Stream stream, wire::Link& link);
    void serve_always_ready(wire::Link& link);

    /// Waits for what can go on, given what the link takes.
    void update_watches(const wire::Link& link);

    /// How it ended, or why it could not get so far as to be started.
    [[nodiscard]] const std::optional<wire::Exited>& exited() const { return exited_; }
    [[nodiscard]] const std::string& refusal() const { return refusal_; }

    [[nodiscard]] bool has_listener() const { return listener_ != nullptr; }

    /// It runs, or has run.
    [[nodiscard]] bool has_started() const { return was_ready_; }

    /// The guest says nothing of it any more: its number is free.
    [[nodiscard]] bool over() const { return state_ == State::ended; }

    /// And its output is written.
    [[nodiscard]] bool done() const { return over() && !output_.waiting() && !error_.waiting(); }

    /// Leaves the caller's descriptors and functions alone from now on; what still comes is thrown away.
    void abandon(wire::Link& link);

    /// What the listener has to be told now, without the relay's lock. The bytes are granted again by delivered().
    struct Delivery {
        std::shared_ptr<const Listener> listener{};
        std::string output{};
        std::string error{};
        bool ready = false;
        bool ended = false;

        [[nodiscard]] bool empty() const { return output.empty() && error.empty() && !ready && !ended; }
        void call() const;
    };
    [[nodiscard]] Delivery take_delivery();
    void delivered(const Delivery& delivery, wire::Link& link);

    /// Reported once: a stream that could not be read or written.
    /// @throws Error io.
    void check_streams();

private:
    enum class State { starting, started, ended };

    [[nodiscard]] bool expects(wire::FrameType type) const;
    void start(wire::Link& link);
    void end(const wire::Frame& frame, std::uint16_t version);
    void refuse(const wire::Frame& frame);
    void close();
    void grant(const wire::Frame& frame);
    void end_of_stream(wire::Stream stream);
    wire::Sink& sink_of(const wire::Frame& frame);
    [[nodiscard]] bool takes_input(const wire::Link& link) const;
    bool pump_input(wire::Link& link);

    std::uint16_t number_;
    std::shared_ptr<const Listener> listener_;  ///< empty: nobody, or nobody any more
    wire::Source input_;
    wire::Sink output_;
    wire::Sink error_;
    Watch input_watch_;
    Watch output_watch_;
    Watch error_watch_;
    State state_ = State::starting;
    std::optional<wire::Exited> exited_;
    std::string refusal_;
    bool follows_ = false;
    bool was_ready_ = false;
    bool ready_told_ = false;
    bool end_told_ = false;
    bool failure_told_ = false;
};

/// What an event's tag means.
constexpr std::uint64_t tag_of(std::uint16_t process, wire::Stream stream) {
    return std::uint64_t{process} << 2 | static_cast<std::uint64_t>(stream);
}
constexpr std::uint16_t process_of(std::uint64_t tag) { return static_cast<std::uint16_t>(tag >> 2); }
constexpr wire::Stream stream_of(std::uint64_t tag) { return static_cast<wire::Stream>(tag & 3); }

[[noreturn]] void unexpected(const wire::Frame& frame);

}  // namespace sandgraft::console
