// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/kept_output.hpp"

#include <cstring>

namespace sandgraft::keeper {

namespace {

/// The stream in the highest byte, the length in the others.
constexpr unsigned stream_shift = 24;
constexpr std::uint32_t length_mask = (1U << stream_shift) - 1;
static_assert(wire::max_payload <= length_mask);

}  // namespace

void KeptOutput::append(wire::Stream stream, std::string_view bytes) {
    const auto header = static_cast<std::uint32_t>(stream) << stream_shift | static_cast<std::uint32_t>(bytes.size());
    char head[header_size];
    std::memcpy(head, &header, sizeof head);
    log_.append(head, sizeof head);
    log_ += bytes;
    (stream == wire::Stream::output ? output_ : error_) += bytes.size();
}

KeptOutput::Record KeptOutput::at(std::uint64_t record) const {
    const char* place = log_.data() + (record - start_);
    std::uint32_t header = 0;
    std::memcpy(&header, place, sizeof header);
    const std::size_t length = header & length_mask;
    return {static_cast<wire::Stream>(header >> stream_shift),
            {place + header_size, length},
            record + header_size + length};
}

std::uint64_t KeptOutput::count(wire::Stream stream, std::uint64_t record) const {
    std::uint64_t bytes = 0;
    while (record < end()) {
        const Record found = at(record);
        if (found.stream == stream) bytes += found.bytes.size();
        record = found.next;
    }
    return bytes;
}

std::string_view KeptOutput::next(wire::Stream stream, Cursor& cursor, std::uint64_t until) const {
    while (cursor.record < until && cursor.record < end()) {
        const Record found = at(cursor.record);
        if (found.stream == stream && cursor.offset < found.bytes.size()) return found.bytes.substr(cursor.offset);
        cursor = {found.next, 0};
    }
    return {};
}

void KeptOutput::trim(std::uint64_t needed) {
    while (end() - begin() > most && begin() < needed) front_ = static_cast<std::size_t>(at(begin()).next - start_);
    if (front_ < most) return;
    log_.erase(0, front_);
    start_ += front_;
    front_ = 0;
}

}  // namespace sandgraft::keeper
