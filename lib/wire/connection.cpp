// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/connection.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>

namespace sandgraft::wire {

namespace {

base::Fd duplicate(const base::Fd& fd) {
    return base::checked(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0), "cannot duplicate the descriptor of a connection");
}

Stream other(Stream stream) { return stream == Stream::input ? Stream::output : Stream::input; }

[[noreturn]] void unexpected(const Frame& frame) {
    throw Error(ErrorCode::protocol, "the peer sent an unexpected frame '" + std::string(name(frame.type)) +
                                         "' of connection " + std::to_string(frame.process));
}

}  // namespace

Connection::Connection(base::Fd socket, std::uint16_t number, Stream reads)
    : reads_(reads),
      source_(duplicate(socket), number, reads, connection_window),
      sink_(Sink::Socket{std::move(socket), connection_window}, number, other(reads)) {
    source_.tell_no_failure();
}

void Connection::pump(Link& link) {
    if (has_turn() && !source_.pump(link)) readable_ = false;
}

void Connection::take(const Frame& frame, Link& link) {
    switch (frame.type) {
        case FrameType::data:
            if (decode_stream(frame) != other(reads_)) unexpected(frame);
            return sink_.take(frame.payload, link);
        case FrameType::credit:
            if (decode_stream(frame) != reads_) unexpected(frame);
            return source_.grant(decode_credit(frame));
        case FrameType::eof: return end_of_stream(decode_eof(frame));
        default: unexpected(frame);
    }
}

/// Of what it reads: nobody can have more of it. Of what it writes: there is no more.
void Connection::end_of_stream(Stream stream) {
    if (stream == Stream::error) throw Error(ErrorCode::protocol, "the peer named a stream that a connection lacks");
    if (stream == reads_)
        source_.close();
    else
        sink_.finish();
}

void Connection::finish() {
    source_.close();
    if (!sink_.finishing()) sink_.finish();
}

void Connection::reset() {
    constexpr linger at_once{.l_onoff = 1, .l_linger = 0};
    for (const int fd : {source_.fd(), sink_.fd()})
        if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace sandgraft::wire
