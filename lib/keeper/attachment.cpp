// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/attachment.hpp"

#include <algorithm>
#include <limits>

namespace sandgraft::keeper {

namespace {

/// What waits for a client is kept where all clients share it, so no more than this is queued for one.
constexpr std::size_t most_waiting = 256 * 1024;

constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();

std::size_t index_of(wire::Stream stream) { return stream == wire::Stream::output ? 0 : 1; }

}  // namespace

Attachment::Attachment(wire::Link& client, std::uint16_t number, const wire::Attach& wanted, const KeptOutput& kept)
    : client_(client),
      number_(number),
      live_(wanted.live),
      input_(wanted.input),
      until_(wanted.live ? no_end : kept.end()) {
    const std::uint64_t first = wanted.kept ? kept.begin() : kept.end();
    const auto reader = [&](wire::Stream stream) {
        return Reader{stream, {first, 0}, kept.total(stream) - kept.count(stream, first)};
    };
    readers_ = {reader(wire::Stream::output), reader(wire::Stream::error)};
    client_.send(wire::encode_empty(number_, wire::FrameType::ready));
}

void Attachment::pump(const OutputState& state) {
    std::string frames;  // in one piece, for there may be many small ones
    while (!done_ && client_.waiting() + frames.size() < most_waiting && take_next(state, frames)) {
    }
    client_.send(frames);
    if (!done_ && client_.waiting() < most_waiting) end_streams(state);
}

/// Takes one piece, the oldest that the client takes.
/// @return false when there is none.
bool Attachment::take_next(const OutputState& state, std::string& frames) {
    Reader* oldest = nullptr;
    std::string_view piece;
    for (auto& reader : readers_) {
        if (reader.ended || reader.flow.allowed() == 0) continue;
        const auto bytes = state.kept.next(reader.stream, reader.cursor, until_);
        if (bytes.empty() || (oldest != nullptr && oldest->cursor.record < reader.cursor.record)) continue;
        oldest = &reader;
        piece = bytes;
    }
    if (oldest == nullptr) return false;
    piece = piece.substr(0, oldest->flow.allowed());
    const auto stream = static_cast<std::uint8_t>(oldest->stream);
    frames += wire::encode_header(wire::FrameType::data, stream, number_, piece.size());
    frames += piece;
    note_sent(*oldest, piece.size());
    return true;
}

void Attachment::note_sent(Reader& reader, std::size_t bytes) {
    reader.flow.send(bytes);
    reader.cursor.offset += static_cast<std::uint32_t>(bytes);
    reader.sent += bytes;
}

/// A terminal's command has no second stream that would be ended, so the command's end is the end of both.
void Attachment::end_streams(const OutputState& state) {
    for (auto& reader : readers_) {
        const bool complete = !live_ || state.exited || state.ended[index_of(reader.stream)];
        if (reader.ended || !complete) continue;
        if (!state.kept.next(reader.stream, reader.cursor, until_).empty()) continue;
        client_.send(wire::encode_eof(number_, reader.stream));
        reader.ended = true;
    }
    if (!is_drained()) return;
    if (!live_ && !input_)
        finish({});
    else if (state.exited)
        finish(*state.exited);
}

void Attachment::grant(wire::Stream stream, std::uint32_t bytes) { reader_of(stream).flow.grant(bytes); }

void Attachment::detach() {
    if (!done_) finish({});
}

void Attachment::finish(const wire::Exited& exited) {
    client_.send(wire::encode_exited(number_, exited, wire::newest_version));
    done_ = true;
}

std::uint64_t Attachment::behind(wire::Stream stream, const KeptOutput& kept) const {
    const Reader& reader = reader_of(stream);
    if (!live_ || done_ || reader.ended) return 0;
    return kept.total(stream) - reader.sent + (wire::stream_window - reader.flow.allowed());
}

std::uint64_t Attachment::needed() const {
    std::uint64_t oldest = no_end;
    for (const auto& reader : readers_)
        if (!done_ && !reader.ended) oldest = std::min(oldest, reader.cursor.record);
    return oldest;
}

Attachment::Reader& Attachment::reader_of(wire::Stream stream) { return readers_[index_of(stream)]; }

const Attachment::Reader& Attachment::reader_of(wire::Stream stream) const { return readers_[index_of(stream)]; }

}  // namespace sandgraft::keeper
