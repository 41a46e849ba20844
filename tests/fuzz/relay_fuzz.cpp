// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/fd.hpp"
#include "base/socket.hpp"
#include "console/relay.hpp"
#include "fuzz/require.hpp"

#include <sandgraft/error.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace sandgraft;

constexpr std::chrono::seconds never{10};

/// A published port, and a client that has said something there.
struct Published {
    Published() : client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        base::Fd listening = base::listen_at("127.0.0.1", 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(base::local_port(listening.get()));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fuzz::require(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
                      "who listens is connected to");
        (void)!::write(client.get(), "asked", 5);
        ports.push_back({std::move(listening), 80});
    }

    base::Fd client;
    std::vector<wire::PublishedPorts::Port> ports;
};

/// The host's end of a channel to a guest that has said all this, as far as a socket holds it, and gone.
base::Fd channel_after(const std::uint8_t* data, std::size_t size) {
    auto [near, far] = base::make_socket_pair();
    base::set_nonblocking(far.get());
    (void)!::write(far.get(), data, size);
    return std::move(near);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    console::Relay relay(channel_after(data, size));
    console::Process& command = *relay.command();
    try {
        relay.greet({24, 80});
        relay.configure("orders");
        relay.await_hello(never);
        relay.await_setup(never);
        Published published;
        relay.publish(std::move(published.ports));
        (void)relay.exec({.argv = {"sh"}}, {}, {.on_output = [](std::string_view) {}});
        fuzz::require(relay.wait(command, never), "a guest that has gone ends the session");
    } catch (const Error& error) {
        fuzz::require(error.what()[0] != '\0', "an error says something");
        if (relay.exited(command))
            fuzz::require(relay.wait(command, never), "an error after the command's end loses nothing");
    }
    return 0;
}
