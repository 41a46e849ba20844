// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/greeting.hpp"

#include "wire/config_transfer.hpp"

#include <sandgraft/error.hpp>

#include <poll.h>
#include <cerrno>

namespace sandgraft::guest {

namespace {

/// Until the host has said something, or has taken more of what it is told.
void await_host(wire::Link& link) {
    pollfd entry{link.fd(), link.wanted(), 0};
    while (::poll(&entry, 1, -1) < 0)
        if (errno != EINTR) base::throw_errno("cannot wait for the host");
    if (entry.revents & POLLOUT) link.flush();
}

/// The next frame, which has to be of this type; its payload is valid until the link is read again.
wire::Frame await_frame(wire::Link& link, wire::FrameType type) {
    for (;;) {
        if (const auto frame = link.next()) {
            if (frame->type != type) unexpected(*frame);
            return *frame;
        }
        await_host(link);
        if (!link.read()) throw Error(ErrorCode::protocol, "the host went away");
    }
}

}  // namespace

Orders greet(wire::Link& link) {
    link.send(wire::encode(wire::Hello{}));
    const auto greeting = await_frame(link, wire::FrameType::hello);
    const auto hello = wire::decode_hello(greeting);
    const auto version = wire::negotiate(hello);
    wire::ConfigReceiver receiver;
    for (;;)
        if (auto config = receiver.take(await_frame(link, wire::FrameType::config)))
            return {version, hello.window, std::move(*config)};
}

void await_leave(wire::Link& link) {
    do {
        while (const auto frame = link.next())
            if (frame->type == wire::FrameType::stop && frame->process == 0) return;
        await_host(link);
    } while (link.read());
}

void unexpected(const wire::Frame& frame) {
    throw Error(ErrorCode::protocol, "the host sent an unexpected frame '" + std::string(wire::name(frame.type)) + "'");
}

}  // namespace sandgraft::guest
