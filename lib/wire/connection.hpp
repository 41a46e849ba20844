// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/pump.hpp"

#include <cstdint>

namespace sandgraft::wire {

/// One end of a connection to a port of the sandbox, which is relayed under a number: a connected socket, of a client
/// on the host or of whoever listens in the sandbox. What one end reads is the stream that the other writes, and each
/// of the two directions ends by itself.
class Connection {
public:
    /// @param socket  connected and non-blocking.
    /// @param reads   the stream that comes from it: input on the host, output in the sandbox.
    /// @throws Error io when there are no more descriptors.
    Connection(base::Fd socket, std::uint16_t number, Stream reads);

    /// The socket may have something to read.
    void note_readable() { readable_ = true; }

    /// Whether there may be something to read that the peer takes.
    [[nodiscard]] bool has_turn() const { return readable_ && source_.wanted(); }

    /// Sends at most one frame of what there is.
    void pump(Link& link);

    /// Writes what is waiting, as far as the socket takes it.
    void flush(Link& link) { sink_.flush(link); }

    /// Data, eof and credit.
    /// @throws Error protocol for any other frame, and when the peer exceeds its credit or grants more than a window.
    void take(const Frame& frame, Link& link);

    /// The peer says nothing more: what has come is still written.
    void finish();

    /// Whether both directions have ended here.
    [[nodiscard]] bool is_over() const { return !source_.open() && !sink_.open(); }

    /// Whether all that came is written.
    [[nodiscard]] bool is_written() const { return !sink_.open(); }

    /// Whether the socket's other end has broken the connection off instead of ending it.
    [[nodiscard]] bool is_broken() const { return source_.failure() != 0; }

    /// Breaks it off for the socket's other end: a TCP connection is reset.
    void reset();

private:
    void end_of_stream(Stream stream);

    Stream reads_;
    Source source_;
    Sink sink_;
    bool readable_ = false;
};

}  // namespace sandgraft::wire
