// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/socket.hpp"
#include "keeper/keeper.hpp"
#include "support/catch.hpp"
#include "support/peer.hpp"
#include "support/sigpipe.hpp"
#include "support/temp_tree.hpp"
#include "wire/config_transfer.hpp"

#include <fcntl.h>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sandgraft::test {

using namespace wire;

constexpr keeper::Patience impatient{.stop = std::chrono::milliseconds(300), .linger = std::chrono::milliseconds(300)};

inline ReceivedFrame frame_of(const std::string& bytes) {
    FrameDecoder decoder;
    const auto space = decoder.space();
    bytes.copy(space.data(), bytes.size());
    decoder.filled(bytes.size());
    const auto frame = decoder.next();
    return {frame->type, frame->stream, std::string(frame->payload), frame->process};
}

inline Frame view(const ReceivedFrame& frame) { return {frame.type, frame.stream, frame.process, frame.payload}; }

inline ReceivedFrame failed_frame(std::uint16_t number, const std::string& reason) {
    return frame_of(encode_failed(number, reason));
}

inline ReceivedFrame exited_frame(std::uint16_t number, std::uint32_t status) {
    return frame_of(encode_exited(number, {.value = status}, newest_version));
}

/// A keeper in a thread of its own, with a guest and a starter that the test plays.
class Session {
public:
    explicit Session(keeper::Patience patience = impatient, base::Fd creation = {},
                     std::vector<PublishedPorts::Port> ports = {})
        : Session(patience, base::make_socket_pair(), base::make_socket_pair(), std::move(creation), std::move(ports)) {
    }
    ~Session() {
        guest.close();
        starter.close();
        thread_.join();
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// As far as the command's start; the starter stays unless it is told to go.
    Session& started(std::uint16_t version = newest_version) {
        starter.send(encode(Hello{.window = {24, 80}, .terminal = true}) + encode_config("config"));
        guest.send(encode(Hello{.newest = version}));
        REQUIRE(guest.receive()->type == FrameType::hello);
        REQUIRE(guest.receive() == frame_of(encode_config("config")));
        guest.send(encode_empty(0, FrameType::configured) + encode_empty(0, FrameType::ready));
        REQUIRE(starter.receive()->type == FrameType::hello);
        REQUIRE(starter.receive() == frame_of(encode_empty(0, FrameType::configured)));
        REQUIRE(starter.receive() == frame_of(encode_empty(0, FrameType::ready)));
        return *this;
    }

    /// A client that has not said anything.
    Peer connect_silently() {
        const base::Fd directory(::open(tree_.path().c_str(), O_PATH | O_CLOEXEC));
        Peer client(base::connect_in(directory, "socket"));
        REQUIRE(client.fd() >= 0);
        return client;
    }

    Peer connect() {
        Peer client = connect_silently();
        client.send(encode(Hello{}));
        REQUIRE(client.receive()->type == FrameType::hello);
        return client;
    }

    /// A client with a process under this number.
    /// @return the number that the guest knows it by.
    std::uint16_t start(Peer& client, std::uint16_t number) {
        client.send(encode_exec(number, "exec"));
        const auto exec = guest.receive();
        REQUIRE(exec);
        REQUIRE(exec->type == FrameType::exec);
        guest.send(encode_empty(exec->process, FrameType::ready));
        REQUIRE(client.receive() == frame_of(encode_empty(number, FrameType::ready)));
        return exec->process;
    }

    void attach(Peer& client, std::uint16_t number, const Attach& wanted) {
        client.send(encode_attach(number, wanted));
        REQUIRE(client.receive() == frame_of(encode_empty(number, FrameType::ready)));
    }

    /// The command ends.
    void end(std::uint32_t status) { guest.send(encode_exited(0, {.value = status}, newest_version)); }

    /// Nothing has happened to anybody else.
    void check_alive() {
        Peer client = connect();
        const auto process = start(client, 7);
        guest.send(encode_exited(process, {.value = 3}, newest_version));
        CHECK(client.receive() == exited_frame(7, 3));
    }

    [[nodiscard]] const std::string& directory() const { return tree_.path(); }

    Peer guest;
    Peer starter;

private:
    Session(keeper::Patience patience, std::array<base::Fd, 2> channel, std::array<base::Fd, 2> first,
            base::Fd creation, std::vector<PublishedPorts::Port> ports)
        : guest(std::move(channel[1])),
          starter(std::move(first[1])),
          keeper_(std::in_place,
                  keeper::Descriptors{std::move(first[0]), std::move(channel[0]), std::move(creation), base::Fd(),
                                      std::move(ports)},
                  keeper::Listener(tree_.path()), patience),
          thread_([this] {
              keeper_->run();
              keeper_.reset();
          }) {}

    IgnoreSigpipe quiet_;
    TempTree tree_;
    std::optional<keeper::Keeper> keeper_;
    std::thread thread_;
};

}  // namespace sandgraft::test
