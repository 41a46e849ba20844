// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sandgraft::units {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = 0xffffffff;

/// Hashes names with a key of this process, so that nobody can write a tree of names that all collide.
struct NameHash {
    std::size_t operator()(std::string_view name) const noexcept;
};

/// Names to numbers, in one flat array: a tree of 100,000 units looks up a million names, and every miss of the cache
/// counts. The names have to outlive the table.
class NameTable {
public:
    /// @return no_node when the name is not there.
    [[nodiscard]] NodeId find(std::string_view name) const;

    /// @return the number that the name has afterwards: an older one stays.
    NodeId insert(std::string_view name, NodeId id);

    /// Makes room for that many names.
    void reserve(std::size_t names);

    /// Replaces each name by copy(name): the same text at another place.
    template <typename Copy>
    void move_names(Copy copy) {
        for (Slot& slot : slots_)
            if (slot.id != no_node) slot.name = copy(slot.name);
    }

private:
    struct Slot {
        std::string_view name;
        std::uint32_t hash = 0;
        NodeId id = no_node;
    };

    [[nodiscard]] std::size_t slot_of(std::string_view name, std::uint32_t hash) const;
    void resize(std::size_t slots);

    std::vector<Slot> slots_ = std::vector<Slot>(64);  ///< a power of two, at most half full
    std::size_t used_ = 0;
};

}  // namespace sandgraft::units
