// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/name_table.hpp"

#include <sys/auxv.h>
#include <array>
#include <cstring>

namespace sandgraft::units {

namespace {

using Word = std::uint64_t;
__extension__ using Wide = unsigned __int128;

template <typename Unsigned>
Word load(const char* from) {
    Unsigned bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

/// Up to eight bytes, each at least once.
Word load_short(std::string_view text) {
    const char* const end = text.data() + text.size();
    if (text.size() >= 4) return load<std::uint32_t>(text.data()) << 32 | load<std::uint32_t>(end - 4);
    if (text.size() >= 2) return load<std::uint16_t>(text.data()) << 16 | load<std::uint16_t>(end - 2);
    return text.empty() ? 0 : load<std::uint8_t>(text.data());
}

/// The 16 random bytes that the kernel gives every process, getauxval(3).
std::array<Word, 2> read_key() {
    const auto* const random = reinterpret_cast<const char*>(::getauxval(AT_RANDOM));
    if (random == nullptr) return {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
    return {load<Word>(random), load<Word>(random + sizeof(Word)) | 1};
}

/// Both halves of the product: every bit of the input moves bits all over the result.
Word mix(Word a, Word b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<Word>(product) ^ static_cast<Word>(product >> 64);
}

std::uint32_t hash_of(std::string_view name) { return static_cast<std::uint32_t>(NameHash{}(name)); }

}  // namespace

std::size_t NameHash::operator()(std::string_view name) const noexcept {
    static const std::array<Word, 2> key = read_key();
    Word hash = key[0] ^ name.size();
    for (; name.size() > sizeof(Word); name.remove_prefix(sizeof(Word)))
        hash = mix(hash ^ load<Word>(name.data()), key[1]);
    return mix(hash ^ load_short(name), key[1]);
}

std::size_t NameTable::slot_of(std::string_view name, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    while (slots_[i].id != no_node && (slots_[i].hash != hash || slots_[i].name != name)) i = (i + 1) & mask;
    return i;
}

NodeId NameTable::find(std::string_view name) const { return slots_[slot_of(name, hash_of(name))].id; }

NodeId NameTable::insert(std::string_view name, NodeId id) {
    if (used_ * 2 >= slots_.size()) resize(slots_.size() * 2);
    const std::uint32_t hash = hash_of(name);
    Slot& slot = slots_[slot_of(name, hash)];
    if (slot.id != no_node) return slot.id;
    slot = {name, hash, id};
    ++used_;
    return id;
}

void NameTable::reserve(std::size_t names) {
    std::size_t slots = slots_.size();
    while (slots < names * 2) slots *= 2;
    if (slots > slots_.size()) resize(slots);
}

void NameTable::resize(std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(slots_);
    for (const Slot& slot : old)
        if (slot.id != no_node) slots_[slot_of(slot.name, slot.hash)] = slot;
}

}  // namespace sandgraft::units
