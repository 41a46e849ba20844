// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/name_table.hpp"

#include <functional>

namespace sandgraft::units {

namespace {

std::uint32_t hash_of(std::string_view name) { return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name)); }

}  // namespace

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
