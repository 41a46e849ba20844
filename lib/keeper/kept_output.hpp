// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::keeper {

/// The last output of the command, both streams in the order in which they came: a record for each piece that came, of
/// a header of four bytes and the piece. What is older than the last 1 MiB of it stays as long as a reader needs it.
class KeptOutput {
public:
    static constexpr std::size_t most = 1024 * 1024;
    static constexpr std::size_t header_size = 4;

    /// Where a reader of one of the streams is: in a record, of whichever stream, or at the end of all.
    struct Cursor {
        std::uint64_t record = 0;
        std::uint32_t offset = 0;
    };

    void append(wire::Stream stream, std::string_view bytes);

    /// Of the oldest record, and behind the newest: they count all that ever came.
    [[nodiscard]] std::uint64_t begin() const { return start_ + front_; }
    [[nodiscard]] std::uint64_t end() const { return start_ + log_.size(); }

    /// How many bytes of a stream ever came.
    [[nodiscard]] std::uint64_t total(wire::Stream stream) const {
        return stream == wire::Stream::output ? output_ : error_;
    }

    /// How many of them are from a record on.
    [[nodiscard]] std::uint64_t count(wire::Stream stream, std::uint64_t record) const;

    /// What comes next of a stream, as far as the end of its record; empty: there is no more before `until`. Moves the
    /// cursor to it.
    [[nodiscard]] std::string_view next(wire::Stream stream, Cursor& cursor, std::uint64_t until) const;

    /// Forgets what is older than the last 1 MiB, but nothing from a record on.
    void trim(std::uint64_t needed);

private:
    struct Record {
        wire::Stream stream;
        std::string_view bytes;
        std::uint64_t next;  ///< the record behind it
    };

    [[nodiscard]] Record at(std::uint64_t record) const;

    std::string log_;
    std::uint64_t start_ = 0;  ///< what the first byte of the log counts as
    std::size_t front_ = 0;    ///< bytes of it that are forgotten, and go when they are many
    std::uint64_t output_ = 0;
    std::uint64_t error_ = 0;
};

}  // namespace sandgraft::keeper
