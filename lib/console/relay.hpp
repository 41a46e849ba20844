// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "console/process.hpp"
#include "console/watch.hpp"
#include "wire/exec_config.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"
#include "wire/published_ports.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sandgraft::console {

/// The host's end of a sandbox's channel: the sandbox's own command and any number of later processes. Leads to the
/// sandbox's init or to its keeper, which behaves in the same way.
///
/// Any thread may call anything. Threads that wait take turns: one of them relays for all. Nobody relays otherwise, but
/// a program with an event loop of its own may poll descriptor() and call dispatch().
class Relay {
public:
    /// A relay to init.
    /// @param streams  of the sandbox's own command.
    explicit Relay(base::Fd channel, const Streams& streams = {}, Listener listener = {});

    /// A relay to a keeper, who has the streams of the command; see attach().
    struct Keeper {
        base::Fd connection;
    };
    explicit Relay(Keeper keeper, Listener listener = {});

    /// Greets the guest: the first that is said. On a channel that is not transparent before the guest has made it so,
    /// to be called after await_hello().
    /// @param window    of the terminal at the command's streams.
    /// @param terminal  whether the command will have one, for a keeper to know.
    void greet(wire::WindowSize window, bool terminal = false);

    /// Tells the guest what to set up and run, which it does as soon as it can.
    /// @param config  encoded; see wire::GuestConfig.
    void configure(std::string_view config);

    /// Greets the keeper of a sandbox whose command runs, and waits for its greeting. Throws as await_hello().
    void join(std::chrono::milliseconds deadline);

    /// Waits for the guest's hello.
    /// @param deadline  negative: none.
    /// @throws Error what the guest says when it failed, hypervisor when it ended or said nothing in time, protocol
    /// when
    ///         it misbehaves or speaks no version that this side does.
    void await_hello(std::chrono::milliseconds deadline) { await(State::greeted, deadline); }

    /// Waits until the guest has set up the sandbox. What came with its word is kept for wait() and dispatch(): until
    /// then the caller's terminal is not raw, and nobody is there to pass its signals on. Throws as await_hello().
    void await_setup(std::chrono::milliseconds deadline) { await(State::configured, deadline); }

    /// Lets connections into the sandbox from the command's start on, until it ends; not of a keeper. It has been set
    /// up.
    /// @throws Error unsupported when the guest knows no connections.
    void publish(std::vector<wire::PublishedPorts::Port> ports);

    /// Ends a wait of another thread for any of these, and the session with it; of a keeper the sandbox as well.
    void interrupt();

    /// Why init could not set up the sandbox, or go on with it, when it has said so.
    [[nodiscard]] std::optional<std::string> failure() const;

    /// Whether the sandbox's command has a terminal; known of a keeper, once it has greeted.
    [[nodiscard]] bool command_has_terminal() const;

    /// The sandbox's own command.
    [[nodiscard]] std::shared_ptr<Process> command() const { return command_; }

    /// Has a process started. It is asked for at once, and what comes of it shows in wait() or dispatch().
    /// @throws Error unsupported when the guest knows no later processes, or when there are too many.
    std::shared_ptr<Process> exec(const wire::ExecConfig& config, const Streams& streams, Listener listener);

    /// Takes part in the command's streams, of a keeper, as if that were a process.
    /// @param keys  end that when they come from the input.
    std::shared_ptr<Process> attach(const wire::Attach& what, const Streams& streams, Listener listener,
                                    const std::string& keys = {});

    /// Relays until the process has ended and its output is written, or the time ran out.
    /// @param timeout  negative waits for ever.
    /// @return whether it has ended.
    /// @throws Error io when the input could not be read or an output not be written, for another reason than a closed
    ///         pipe: once, then the end can be asked for again. Protocol when the guest misbehaves, hypervisor when the
    ///         sandbox ended before the process did, or with the guest's reason why the process could not be started.
    bool wait(Process& process, std::chrono::milliseconds timeout);

    /// How a process ended, once it has.
    [[nodiscard]] std::optional<wire::Exited> exited(const Process& process) const;

    /// Readable whenever dispatch() has something to do.
    [[nodiscard]] int descriptor() const { return epoll_.fd(); }

    /// Does what can be done without waiting, and calls listeners. Does nothing while a thread waits, which does it.
    /// @throws Error once when the session ends early; every process of it has ended then.
    void dispatch();

    /// These go out at once, whether somebody relays or not, or as soon as the guest takes more; nothing goes to
    /// a process that has ended.
    /// @throws Error io when the guest has not taken far more than anybody sends in earnest.
    void send_signal(const Process& process, std::uint8_t number);
    void resize(const Process& process, wire::WindowSize size);

    /// Asks the sandbox's command to end.
    void ask_to_stop();

    /// Ends the sandbox of a keeper.
    void destroy();

    /// Ends the session: the channel is closed, whoever has a process of it.
    void close();

    /// Forgets a process: one that runs is killed, and its streams are left alone from now on.
    void cancel(Process& process);

private:
    /// How far the guest has come with the sandbox.
    enum class State { silent, greeted, configured };

    class Turn;
    using Lock = std::unique_lock<std::mutex>;

    void await(State state, std::chrono::milliseconds deadline);
    template <typename Order>
    std::shared_ptr<Process> add(const Streams& streams, Listener listener, const Order& order);
    [[nodiscard]] std::uint16_t free_number() const;
    void post(std::string_view frames);

    void relay(Lock& lock, const Process* process, int timeout);
    void handle(const epoll_event& event);
    void serve_link(std::uint32_t events);
    void settle();
    void update_watches();
    void deliver(Lock& lock);
    void fail(std::exception_ptr reason);
    void announce_work();
    void clear_work();

    void read_link();
    void dispatch_read();
    void dispatch(const wire::Frame& frame);
    void end_session();
    void take_greeting(const wire::Frame& frame);
    void take_setup(const wire::Frame& frame);

    base::Epoll epoll_;
    bool leads_to_keeper_ = false;
    wire::Link link_;
    Watch link_watch_;
    base::Fd work_;  ///< readable when there is something to do that no other descriptor tells of
    Watch work_watch_;
    mutable std::mutex mutex_;  ///< of all that follows, and of reading the link
    std::condition_variable turn_ended_;
    std::optional<std::thread::id> relaying_;  ///< has the lock whenever it does not wait or call a listener
    State state_ = State::silent;
    std::uint16_t version_ = wire::oldest_version;
    bool command_has_terminal_ = false;
    std::shared_ptr<Process> command_;
    std::map<std::uint16_t, std::shared_ptr<Process>> processes_;
    std::optional<wire::PublishedPorts> ports_;
    Watch ports_watch_;
    std::optional<std::string> failure_;
    std::exception_ptr broken_;  ///< why the session has ended early
    bool broken_told_ = false;
};

}  // namespace sandgraft::console
