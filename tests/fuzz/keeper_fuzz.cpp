// SPDX-License-Identifier: LGPL-2.1-or-later
// The keeper's client side: the first byte tells whether the client is the starter ('s') or another, the rest is what
// it sends. Whatever that is, an init that bears no mistake never meets one.
#include "fuzz/require.hpp"
#include "keeper/orders.hpp"

#include <sandgraft/error.hpp>

#include <sys/socket.h>
#include <unistd.h>
#include <map>

namespace {

using namespace sandgraft;
using namespace sandgraft::wire;

constexpr std::string_view output = "some output";

/// Takes what the keeper sends as init does, and does what it is told.
class StrictGuest {
public:
    explicit StrictGuest(base::Fd channel) : link_(std::move(channel)) { link_.send(encode(Hello{})); }

    void step() {
        try {
            link_.flush();
            link_.read();
            while (const auto frame = link_.next()) take(*frame);
        } catch (const Error& error) {
            fuzz::require(false, error.what());
        }
    }

private:
    struct Streams {
        ConfigReceiver config{};
        bool started = false;
        keeper::Flow input{};
        std::array<keeper::Flow, 2> outputs{};
    };

    void take(const Frame& frame) {
        if (!greeted_) return greet(frame);
        if (!configured_) return configure(frame);
        fuzz::require(frame.type != FrameType::hello && frame.type != FrameType::config, "orders are given once");
        if (frame.type == FrameType::exec) return start(frame);
        const auto found = running_.find(frame.process);
        if (found != running_.end()) pass(frame, found->second);  // others have crossed an end
    }

    void greet(const Frame& frame) {
        fuzz::require(frame.type == FrameType::hello, "a host says hello first");
        (void)negotiate(decode_hello(frame));
        greeted_ = true;
    }

    void configure(const Frame& frame) {
        fuzz::require(frame.type == FrameType::config && frame.process == 0, "then what shall be set up");
        if (!config_.take(frame)) return;
        configured_ = true;
        link_.send(encode_empty(0, FrameType::configured) + encode_empty(0, FrameType::ready));
        say(0, running_[0]);
    }

    void say(std::uint16_t process, Streams& streams) {
        for (const auto stream : {Stream::output, Stream::error}) {
            link_.send(encode_data(process, stream, output));
            streams.outputs[stream == Stream::output ? 0 : 1].send(output.size());
        }
    }

    void start(const Frame& frame) {
        fuzz::require(frame.process != 0, "there is one command");
        auto& process = running_[frame.process];
        fuzz::require(!process.started, "a number is used once");
        if (!process.config.take(frame)) return;
        process.started = true;
        link_.send(encode_empty(frame.process, FrameType::ready));
        say(frame.process, process);
    }

    void pass(const Frame& frame, Streams& process) {
        switch (frame.type) {
            case FrameType::data:
                fuzz::require(decode_stream(frame) == Stream::input, "only input is sent to a guest");
                process.input.send(frame.payload.size());
                return;
            case FrameType::eof:
                if (decode_eof(frame) == Stream::input) process.input.end();
                return;
            case FrameType::credit: return grant(frame, process);
            case FrameType::window_size: (void)decode_window_size(frame); return;
            case FrameType::signal: (void)decode_signal(frame); return;
            case FrameType::stop: return stop(frame);
            default: fuzz::require(false, "a guest is sent what is for it");
        }
    }

    static void grant(const Frame& frame, Streams& process) {
        fuzz::require(decode_stream(frame) != Stream::input, "credit is for output");
        process.outputs[decode_stream(frame) == Stream::output ? 0 : 1].grant(decode_credit(frame));
    }

    void stop(const Frame& frame) {
        decode_empty(frame);
        if (frame.process == 0) return;
        link_.send(encode_exited(frame.process, {.how = Exited::How::signal, .value = 9}, newest_version));
        running_.erase(frame.process);
    }

    Link link_;
    bool greeted_ = false;
    bool configured_ = false;
    ConfigReceiver config_;
    std::map<std::uint16_t, Streams> running_;
};

/// The keeper without its loop, and a client that has said all this, as far as a socket holds it, and gone.
class Session {
public:
    Session(const std::uint8_t* data, std::size_t size, bool is_starter)
        : Session(base::make_socket_pair(), base::make_socket_pair(), is_starter) {
        if (!is_starter) {
            guest_.greet({});
            guest_.configure({FrameType::config, 0, 0, std::string_view("\1", 1)}, true);
        }
        settle();
        (void)!::write(far_.get(), data, size);
        ::shutdown(far_.get(), SHUT_WR);
    }

    void run() {
        try {
            while (orders_.read(client_)) settle();
        } catch (const Error& error) {
            fuzz::require(error.what()[0] != '\0', "an error says something");
        }
        orders_.leave(client_);
        settle();
        fuzz::require(guest_.output().attachments() == 0, "nothing of a client stays");
        const char* taken = guest_.input().taken();
        fuzz::require(taken == nullptr || std::string_view(taken) != "another client has the command's input",
                      "the input is free again, as soon as the command has what it was given");
        fuzz::require(!guest_.failure() || guest_.failure() == "the sandbox ended before its command did",
                      "no client can make a guest misbehave");
    }

private:
    Session(std::array<base::Fd, 2> channel, std::array<base::Fd, 2> connection, bool is_starter)
        : guest_(std::move(channel[0])),
          init_(std::move(channel[1])),
          client_(std::move(connection[0]), is_starter),
          far_(std::move(connection[1])) {
        base::set_nonblocking(far_.get());
    }

    void settle() {
        for (int i = 0; i < 3; ++i) {
            if (guest_.is_open()) guest_.read();
            guest_.output().pump();
            orders_.sweep(client_);
            guest_.link().flush();
            client_.link.flush();
            if (guest_.is_open()) init_.step();
            while (::read(far_.get(), heard_.data(), heard_.size()) > 0) {
            }
        }
    }

    keeper::Guest guest_;
    StrictGuest init_;
    keeper::Orders orders_{guest_};
    keeper::Client client_;
    base::Fd far_;
    std::array<char, 65536> heard_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) Session(data + 1, size - 1, data[0] == 's').run();
    return 0;
}
