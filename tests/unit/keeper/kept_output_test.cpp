// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/kept_output.hpp"

#include "support/catch.hpp"

#include <limits>

using sandgraft::keeper::KeptOutput;
using sandgraft::wire::Stream;

namespace {

constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();

/// All that there is of a stream from a record on.
std::string read(const KeptOutput& kept, Stream stream, std::uint64_t from, std::uint64_t until = no_end) {
    std::string all;
    KeptOutput::Cursor cursor{from, 0};
    for (;;) {
        const auto piece = kept.next(stream, cursor, until);
        if (piece.empty()) return all;
        all += piece.substr(0, 3);
        cursor.offset += static_cast<std::uint32_t>(std::min<std::size_t>(piece.size(), 3));
    }
}

}  // namespace

TEST_CASE("each stream is read in its own order, in pieces as its reader likes") {
    KeptOutput kept;
    CHECK(read(kept, Stream::output, 0).empty());
    kept.append(Stream::output, "first ");
    kept.append(Stream::error, "trouble");
    const auto middle = kept.end();
    kept.append(Stream::output, "second");
    CHECK(read(kept, Stream::output, 0) == "first second");
    CHECK(read(kept, Stream::error, 0) == "trouble");
    CHECK(read(kept, Stream::output, middle) == "second");
    CHECK(read(kept, Stream::output, 0, middle) == "first ");
    CHECK(kept.total(Stream::output) == 12);
    CHECK(kept.count(Stream::output, middle) == 6);
    CHECK(kept.count(Stream::error, middle) == 0);
}

TEST_CASE("a reader at the end finds what comes later") {
    KeptOutput kept;
    kept.append(Stream::output, "old");
    KeptOutput::Cursor cursor{kept.end(), 0};
    CHECK(kept.next(Stream::output, cursor, no_end).empty());
    kept.append(Stream::error, "other");
    CHECK(kept.next(Stream::output, cursor, no_end).empty());
    kept.append(Stream::output, "new");
    CHECK(kept.next(Stream::output, cursor, no_end) == "new");
}

TEST_CASE("the last MiB stays, whatever the pieces, and more where somebody needs it") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, std::size_t{131072}}) {
        CAPTURE(size);
        KeptOutput kept;
        const std::string piece(size, 'x');
        std::uint64_t appended = 0;
        while (appended < 5 * KeptOutput::most) {
            kept.append(appended % 2 == 0 ? Stream::output : Stream::error, piece);
            kept.trim(no_end);
            appended += size + KeptOutput::header_size;
        }
        CHECK(kept.end() == appended);
        CHECK(kept.end() - kept.begin() <= KeptOutput::most);
        CHECK(kept.end() - kept.begin() > KeptOutput::most - size - KeptOutput::header_size);
        const auto needed = kept.begin();
        for (std::uint64_t more = 0; more < KeptOutput::most; more += size + KeptOutput::header_size) {
            kept.append(Stream::output, piece);
            kept.trim(needed);
        }
        CHECK(kept.begin() == needed);
        kept.trim(no_end);
        CHECK(kept.end() - kept.begin() <= KeptOutput::most);
        CHECK(kept.count(Stream::output, kept.begin()) + kept.count(Stream::error, kept.begin()) >=
              (KeptOutput::most - size) / (size + KeptOutput::header_size) * size);
    }
}
