// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace sandgraft::wire {

/// Sends what a descriptor yields as one stream of a process: never more than the peer has granted, and nothing is read
/// before it can be sent, so that a slow peer slows the writer instead of filling memory.
class Source {
public:
    /// @param window  what the peer has granted at first, and grants at most.
    Source(base::Fd fd, std::uint16_t process, Stream stream, std::uint32_t window = stream_window);

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] bool open() const { return static_cast<bool>(fd_); }

    /// The errno of a read that failed, so that the stream is cut short; 0 when there was none. Ends that are usual
    /// for the kind of descriptor are no failures: EIO of a terminal, EBADF and EISDIR of what cannot be read at all.
    [[nodiscard]] int failure() const { return failure_; }

    /// Whether the peer takes more of it.
    [[nodiscard]] bool wanted() const { return open() && granted_ > held_.size(); }

    /// Whether a readable descriptor would be read now.
    [[nodiscard]] bool ready(const Link& link) const { return wanted() && link.idle(); }

    /// Reads once and sends it; at the end of the descriptor sends eof and closes it.
    /// @return false when nothing was there to read.
    bool pump(Link& link);

    /// @throws Error protocol when the peer grants more than a window.
    void grant(std::uint32_t bytes);

    /// Sends no eof when it fails: the peer is to be told otherwise.
    void tell_no_failure() { tells_failure_ = false; }

    /// Takes so many more bytes to be the end of the stream.
    void limit(std::uint64_t bytes) { left_ = bytes; }

    /// Stops reading, without a word to the peer, when these bytes come, which are not sent. What they may begin with
    /// is held back until it is known.
    void stop_at(const std::string& sequence) { sequence_ = sequence; }

    /// Whether they have come.
    [[nodiscard]] bool has_met_sequence() const { return met_; }

    /// Stops reading; the peer has no more use for the stream.
    void close() { fd_.reset(); }

private:
    std::size_t screen(std::string_view bytes);

    base::Fd fd_;
    std::uint16_t process_;
    Stream stream_;
    std::uint32_t window_;
    std::uint32_t granted_ = window_;
    std::string sequence_;  ///< that it stops at
    std::string held_;      ///< which may be its beginning
    bool met_ = false;
    std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
    int failure_ = 0;
    bool tells_failure_ = true;
};

/// Writes one stream of a process that the peer sends to a descriptor and grants the peer new credit as it gets rid of
/// it.
class Sink {
public:
    /// A chunk for descriptors whose writes never block, or are meant to (regular files).
    static constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

    /// @param chunk  for a descriptor that blocks: the most to write after one POLLOUT, such as PIPE_BUF.
    Sink(base::Fd fd, std::uint16_t process, Stream stream, std::size_t chunk = any);

    /// One that writes to a socket, whose sending half it shuts down at the end, whoever else has the socket.
    struct Socket {
        base::Fd fd;
        std::uint32_t window = stream_window;
    };
    Sink(Socket socket, std::uint16_t process, Stream stream);

    /// One that has no descriptor: what comes waits to be handed over.
    Sink(std::uint16_t process, Stream stream);

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] bool waiting() const { return !pending_.empty(); }
    [[nodiscard]] bool finishing() const { return finishing_; }
    [[nodiscard]] bool open() const { return fd_ || handed_over_; }

    /// The errno that ended the writing early; 0 when there was none.
    [[nodiscard]] int failure() const { return failure_; }

    /// Takes a data frame's payload.
    /// @throws Error protocol when the peer exceeds its credit or has ended the stream.
    void take(std::string_view payload, Link& link);

    /// The peer's end of stream: closes the descriptor once everything is written, and after it the last words.
    /// @throws Error protocol when the peer has ended the stream before.
    void finish(std::string_view last_words = {});

    /// Writes what is waiting, as far as the descriptor takes it.
    void flush(Link& link);

    /// What has come, of one without descriptor; the peer is granted so much again when told that it was taken.
    std::string hand_over() { return std::exchange(pending_, {}); }
    void handed_over(std::size_t bytes, Link& link) { written(bytes, link); }

    /// Nobody wants the rest: tells the peer so, and throws it away.
    void close(Link& link);

    /// Writes nothing, so that it tells the peer nothing, until it is released.
    void hold() { held_ = true; }
    void release(Link& link);

private:
    [[nodiscard]] bool blocking() const { return chunk_ != any; }
    std::size_t write_some(std::string_view bytes, Link& link);
    void end();
    void written(std::size_t bytes, Link& link);

    base::Fd fd_;
    std::uint16_t process_;
    Stream stream_;
    std::size_t chunk_;
    std::string pending_;
    std::uint32_t window_ = stream_window;
    bool half_closes_ = false;
    std::uint32_t allowed_ = window_;  ///< what the peer may still send
    std::uint32_t owed_ = 0;           ///< written, but not granted again yet
    bool handed_over_ = false;         ///< there is no descriptor, and somebody takes what comes
    bool finishing_ = false;
    bool held_ = false;
    int failure_ = 0;
};

}  // namespace sandgraft::wire
