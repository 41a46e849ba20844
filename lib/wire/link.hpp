// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "wire/frame.hpp"

#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::wire {

/// Frames over a descriptor, both ways, without ever blocking: the caller polls for wanted(). One thread reads; any may
/// do the rest.
class Link {
public:
    /// Takes a stream socket or terminal and makes it non-blocking.
    explicit Link(base::Fd fd);

    [[nodiscard]] int fd() const { return fd_.get(); }

    /// The poll(2) events to wait for.
    [[nodiscard]] short wanted() const;

    /// Reads what is there, once.
    /// @return false at the end of the stream.
    bool read();

    /// The next whole frame of what was read; see FrameDecoder::next().
    std::optional<Frame> next() { return decoder_.next(); }

    /// Sends whole frames; what the descriptor does not take at once is kept for flush(). Sends nothing once the
    /// peer is gone.
    void send(std::string_view frames);
    void flush();

    /// Ends it on both sides; only its destructor may follow, and send(), which sends nothing any more.
    void close();

    /// Ends it on both sides where it is a socket, and so whatever waits for it. Any thread may do this, at any time.
    void shut_down();

    /// Whether everything sent is on its way. Only then may more data be read to be sent.
    [[nodiscard]] bool idle() const { return waiting() == 0; }

    /// Room in which the thread that reads may make one frame to send.
    [[nodiscard]] std::span<char> scratch();

    /// How many bytes are kept for flush().
    [[nodiscard]] std::size_t waiting() const;

private:
    std::size_t write_some(std::string_view bytes);

    base::Fd fd_;
    FrameDecoder decoder_;
    std::vector<char> scratch_;
    mutable std::mutex sending_;  ///< of what follows, and of the order of what is written
    std::string pending_;
    bool gone_ = false;
};

}  // namespace sandgraft::wire
