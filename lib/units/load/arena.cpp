// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/arena.hpp"

#include <cstring>

namespace sandgraft::units {

namespace {
// Less than what malloc would get from the kernel anew each time.
constexpr std::size_t block_size = 96 * 1024;
}  // namespace

char* Arena::allocate(std::size_t size) {
    if (size > left_) {
        const bool alone = size > block_size / 4;
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(alone ? size : block_size));
        if (alone) return blocks_.back().get();
        next_ = blocks_.back().get();
        left_ = block_size;
    }
    left_ -= size;
    return std::exchange(next_, next_ + size);
}

void Arena::shrink_last(char* last, std::size_t allocated, std::size_t used) noexcept {
    if (last + allocated != next_) return;
    next_ = last + used;
    left_ += allocated - used;
}

std::string_view Arena::store(std::string_view text) {
    if (text.empty()) return {};
    return {static_cast<char*>(std::memcpy(allocate(text.size()), text.data(), text.size())), text.size()};
}

std::string_view Arena::join(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    if (size == 0) return {};
    char* const start = allocate(size);
    char* end = start;
    for (const auto piece : pieces) {
        if (!piece.empty()) std::memcpy(end, piece.data(), piece.size());
        end += piece.size();
    }
    return {start, size};
}

void* ArenaMemory::do_allocate(std::size_t bytes, std::size_t alignment) {
    std::size_t room = bytes + alignment - 1;
    void* memory = arena_.allocate(room);
    return std::align(alignment, bytes, memory, room);
}

}  // namespace sandgraft::units
