// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "keeper/flow.hpp"
#include "keeper/kept_output.hpp"
#include "wire/link.hpp"
#include "wire/message.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace sandgraft::keeper {

/// How the two output streams of the command are.
struct OutputState {
    const KeptOutput& kept;
    std::array<bool, 2> ended{};  ///< output, error
    const std::optional<wire::Exited>& exited;
};

/// A client's connection to the command: it is sent what has been kept or what comes, as far as it takes it, under a
/// number of its own. Each stream goes on while the client does not take the other.
class Attachment {
public:
    Attachment(wire::Link& client, std::uint16_t number, const wire::Attach& wanted, const KeptOutput& kept);

    /// Sends what there is and the client takes, and at the end how the command ended.
    void pump(const OutputState& state);

    /// The client has taken so many bytes of a stream.
    /// @throws Error protocol when it was not sent as many.
    void grant(wire::Stream stream, std::uint32_t bytes);

    /// The client can have no more of a stream.
    void close(wire::Stream stream) { reader_of(stream).ended = true; }

    /// Ends it, as the command's end would, with status 0.
    void detach();

    /// Whether it has ended: nothing more is sent, and its number is free.
    [[nodiscard]] bool done() const { return done_; }

    /// Whether the client has been sent all output that it wants and takes.
    [[nodiscard]] bool is_drained() const { return readers_[0].ended && readers_[1].ended; }

    [[nodiscard]] bool holds_input() const { return input_; }
    [[nodiscard]] std::uint16_t number() const { return number_; }

    /// How far it holds up the command: bytes of a stream that there are and that the client has not taken; 0 where it
    /// does not follow the command.
    [[nodiscard]] std::uint64_t behind(wire::Stream stream, const KeptOutput& kept) const;

    /// The oldest record that it still needs.
    [[nodiscard]] std::uint64_t needed() const;

private:
    struct Reader {
        wire::Stream stream;
        KeptOutput::Cursor cursor;
        std::uint64_t sent;  ///< of all bytes of the stream that ever came, those before the cursor
        Flow flow{};
        bool ended = false;
    };

    Reader& reader_of(wire::Stream stream);
    [[nodiscard]] const Reader& reader_of(wire::Stream stream) const;
    bool take_next(const OutputState& state, std::string& frames);
    static void note_sent(Reader& reader, std::size_t bytes);
    void end_streams(const OutputState& state);
    void finish(const wire::Exited& exited);

    wire::Link& client_;
    std::uint16_t number_;
    bool live_;
    bool input_;
    std::uint64_t until_;  ///< where what it wants ends
    std::array<Reader, 2> readers_;
    bool done_ = false;
};

}  // namespace sandgraft::keeper
