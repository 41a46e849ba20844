// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/connection.hpp"

#include "base/text.hpp"
#include "virt/uri.hpp"

#include <libvirt/virterror.h>

#include <chrono>

namespace sandgraft::virt {

namespace {

constexpr std::chrono::seconds longest_delivery{2};

/// A peer on another machine may be gone without a word; in seconds, and how often it may leave a question unanswered.
constexpr int keepalive_interval = 5;
constexpr unsigned keepalive_count = 5;

}  // namespace

Connection::Connection(const std::string& uri)
    : handle_(
          checked<ConnectHandle>(::virConnectOpen(uri.c_str()), "cannot connect to libvirt at " + base::quote(uri))) {
    // What fails here becomes an Error: the program's own error function is for its own connections.
    ::virConnSetErrorFunc(handle_.get(), nullptr, [](void*, virErrorPtr) {});
    events_.serve();
    uri_ = checked<TextHandle>(::virConnectGetURI(handle_.get()), "cannot read the connection's URI").get();
    if (!is_local()) ::virConnectSetKeepAlive(handle_.get(), keepalive_interval, keepalive_count);
}

/// Where the program serves the events, it may be this thread that does.
Connection::~Connection() {
    if (events_.served_here()) bridges_.finish(longest_delivery);
}

bool Connection::is_local() const {
    const auto place = parse_uri(uri_);
    return place && place->local;
}

}  // namespace sandgraft::virt
