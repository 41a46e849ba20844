// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/connection.hpp"

#include "base/text.hpp"
#include "virt/libvirt/leftovers.hpp"
#include "virt/libvirt/other_sockets.hpp"
#include "virt/uri.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace sandgraft::virt {

namespace {

constexpr std::chrono::seconds longest_delivery{2};

/// A peer on another machine may be gone without a word; in seconds, and how often it may leave a question unanswered.
constexpr int keepalive_interval = 5;
constexpr unsigned keepalive_count = 5;

/// libvirt tells in the words of whoever refused: the kernel, polkit without an agent to ask a password of, the bus
/// that polkit cannot be reached over.
bool is_denied(const Error& error) {
    constexpr std::array<std::string_view, 3> words = {"Permission denied", "polkit", "system bus"};
    const std::string_view message = error.what();
    return error.code() == ErrorCode::denied || std::any_of(words.begin(), words.end(), [&](std::string_view word) {
               return message.find(word) != std::string_view::npos;
           });
}

ConnectHandle open_connection(const std::string& uri) {
    if (const virConnectPtr connection = ::virConnectOpen(uri.c_str())) return ConnectHandle(connection);
    const Error error = last_error("cannot connect to libvirt at " + base::quote(uri));
    if (!is_denied(error)) throw Error(error);
    throw Error(ErrorCode::denied,
                std::string(error.what()) + " (root may use it, and on most hosts the members of the group libvirt)",
                error.libvirt_code());
}

void close_later(const Connection* connection) {
    if (!connection->served_here())
        delete connection;
    else
        finish_later([connection] { delete connection; });
}

}  // namespace

Connection::Connection(const std::string& uri) {
    const OtherSockets others;
    handle_ = open_connection(uri);
    // What fails here becomes an Error: the program's own error function is for its own connections.
    ::virConnSetErrorFunc(handle_.get(), nullptr, [](void*, virErrorPtr) {});
    events_.serve();
    uri_ = checked<TextHandle>(::virConnectGetURI(handle_.get()), "cannot read the connection's URI").get();
    if (is_local())
        listener_ = others.listener(parse_uri(uri_)->socket);
    else
        ::virConnectSetKeepAlive(handle_.get(), keepalive_interval, keepalive_count);
}

/// Where the program serves the events, it may be this thread that does.
Connection::~Connection() {
    if (events_.served_here()) bridges_.finish(longest_delivery);
}

std::optional<pid_t> Connection::listening_process() const {
    return listener_ ? std::optional(successor(*listener_)) : std::nullopt;
}

bool Connection::is_local() const {
    const auto place = parse_uri(uri_);
    return place && place->local;
}

SharedConnection open_shared(const std::string& uri) { return {new Connection(uri), close_later}; }

}  // namespace sandgraft::virt
