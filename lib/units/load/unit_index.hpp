// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/arena.hpp"
#include "units/load/directory_scan.hpp"
#include "units/load/name_table.hpp"
#include "units/load/overlay.hpp"
#include "units/load/root.hpp"

#include <sandgraft/unit_set.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace sandgraft::units {

/// Where a unit name leads to.
struct IndexEntry {
    enum class Kind : std::uint8_t {
        file,    ///< a file of the name
        linked,  ///< a link out of the search path: a linked or masked unit
        alias,   ///< a link to another name
    };
    Kind kind = Kind::file;
    std::uint16_t directory = 0;
    std::string_view target;  ///< alias: the name; linked: the link as written
};

/// The directories that belong to a unit name, a type ("service") or a dashed prefix, by what they hold.
struct SideDirectories {
    using Indexes = std::vector<std::uint16_t>;  ///< of the search path, ascending
    std::string_view name;
    Indexes drop_ins, wants, requires_, upholds;
};

/// Every name in a search path, from one scan of its directories.
class UnitIndex {
public:
    UnitIndex(const Root& root, const std::vector<std::string>& unit_path, const Overlay& overlay);

    /// The overlay has number 0.
    [[nodiscard]] std::size_t directory_count() const noexcept { return directories_.size(); }
    [[nodiscard]] std::string_view directory_path(std::size_t number) const { return directories_[number].path; }
    [[nodiscard]] int directory_fd(std::size_t number) const { return directories_[number].fd.get(); }

    /// Takes in what the overlay holds now.
    void rebuild(const Overlay& overlay);

    [[nodiscard]] const IndexEntry* find(std::string_view name) const;

    /// Follows aliases, and from an instance to its template, to the entry that has a fragment. Too many hops end it.
    struct Target {
        const IndexEntry* entry = nullptr;
        std::string_view name;  ///< the file's name
        bool loop = false;
    };
    [[nodiscard]] Target resolve(std::string_view name) const;

    /// The names that lead to this one.
    [[nodiscard]] std::span<const std::string_view> aliases(std::string_view name) const;

    [[nodiscard]] const SideDirectories* side_directories(std::string_view stem) const;
    [[nodiscard]] bool has_side_directories() const noexcept { return !side_.empty(); }
    /// Some belong to this dashed prefix ("foo-" for "foo-.service.d").
    [[nodiscard]] bool has_dashed_side_directories(std::string_view prefix) const { return dashed_.contains(prefix); }
    [[nodiscard]] bool has_dashed_side_directories() const noexcept { return !dashed_.empty(); }

    [[nodiscard]] std::vector<std::string_view> names() const;
    /// Directories that cannot be read, and links that are no aliases.
    [[nodiscard]] std::vector<UnitWarning> warnings() const;

private:
    struct Directory {
        std::string path;
        base::Fd fd;
        std::vector<DirectoryEntry> entries;
    };

    void scan(Directory& directory);
    void add_directory(std::size_t number);
    [[nodiscard]] bool leads_to_directory(std::string_view target) const;
    void add_unit(std::size_t number, const DirectoryEntry& entry);
    void add_side_directory(std::size_t number, std::string_view name);
    [[nodiscard]] std::optional<IndexEntry> classify_link(std::size_t number, const DirectoryEntry& entry);
    [[nodiscard]] std::string link_destination(const Directory& directory, std::string_view target);
    [[nodiscard]] bool is_in_search_path(std::string_view path) const;
    void collect_aliases();
    [[nodiscard]] const std::pair<std::string_view, IndexEntry>* find_unit(std::string_view name) const;
    /// Unless there is one of the name already.
    void put_unit(std::string_view name, const IndexEntry& entry);

    const Root& root_;
    Arena scanned_;
    Arena rebuilt_;  ///< what the last rebuild() added
    std::vector<Directory> directories_;
    std::vector<std::string> search_path_;
    std::unordered_map<std::string, std::string> canonical_;
    std::vector<std::pair<std::string_view, IndexEntry>> units_;
    NameTable unit_places_;  ///< in units_
    std::unordered_map<std::string_view, std::vector<std::string_view>, NameHash> aliases_;
    std::unordered_map<std::string_view, SideDirectories, NameHash> side_;
    std::vector<UnitWarning> scan_warnings_, link_warnings_;
    const Overlay* overlay_ = nullptr;
    std::unordered_set<std::string_view, NameHash> dashed_;
};

}  // namespace sandgraft::units
