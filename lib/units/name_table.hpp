// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sandgraft::units {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = 0xffffffff;

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

    /// Calls visit(name, id) for each, in no particular order.
    template <typename Visit>
    void for_each(Visit visit) const {
        for (const Slot& slot : slots_)
            if (slot.id != no_node) visit(slot.name, slot.id);
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
