// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/drop_ins.hpp"
#include "units/load/unit.hpp"
#include "units/load/unit_index.hpp"

#include <string_view>
#include <unordered_map>

namespace sandgraft::units {

/// A larger unit file is not read.
inline constexpr std::size_t largest_file = 16 * 1024 * 1024;

/// Makes a Unit of a name: finds the fragment and the drop-ins and reads them.
class UnitReader {
public:
    UnitReader(const Root& root, const UnitIndex& index, const Overlay& overlay, SideReader& sides, Arena& arena,
               unsigned systemd_version)
        : root_(root),
          index_(index),
          overlay_(overlay),
          sides_(sides),
          arena_(arena),
          memory_(arena),
          version_(systemd_version) {}

    /// Where a name leads to. The views are kept by the arena.
    struct Fragment {
        const IndexEntry* entry = nullptr;  ///< null: there is none
        std::string_view file_name;
        std::string_view id;
        bool loop = false;
    };

    /// @param name  a loadable name or a template's, that the arena keeps.
    Fragment find_fragment(std::string_view name);

    Unit read(std::string_view name, const Fragment& fragment);

    /// What all units together took so far.
    [[nodiscard]] std::size_t bytes_read() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t assignments_read() const noexcept { return assignments_; }

private:
    struct Content {
        enum class Kind { text, masked, missing, unreadable } kind = Kind::missing;
        std::string_view text;
        std::string_view reason;
    };

    Content fragment_content(const Fragment& fragment, std::string_view path);
    Content read_fragment(const Fragment& fragment, std::string_view path);
    Content read_linked(const IndexEntry& entry, std::string_view path);
    Content read_descriptor(int fd);
    Content read_side_file(const SideFile& file);
    void load_fragment(Unit& unit, const Fragment& fragment);
    void add_names(Unit& unit, std::string_view name, const Fragment& fragment);
    void add_aliases(Unit& unit, std::string_view of, const Fragment& fragment);
    void load_drop_ins(Unit& unit, const std::vector<SideFile>& files);
    void load_links(Unit& unit, const std::vector<SideFile>& files, LinkKind kind);
    void take(Unit& unit, std::string_view text, std::string_view path, bool is_fragment);

    const Root& root_;
    const UnitIndex& index_;
    const Overlay& overlay_;
    SideReader& sides_;
    Arena& arena_;
    ArenaMemory memory_;
    unsigned version_;
    ParsedLines lines_;  ///< of the file that is being read
    std::unordered_map<std::string_view, Content, NameHash>
        templates_;  ///< by file name; their instances share the text
    std::size_t bytes_ = 0;
    std::size_t assignments_ = 0;
};

}  // namespace sandgraft::units
