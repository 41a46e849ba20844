// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/arena.hpp"
#include "units/overlay.hpp"
#include "units/unit_index.hpp"
#include "units/unit_name.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// The names whose NAME.d/, NAME.wants/, ... belong to a unit name, most specific first: the name itself, its template,
/// and the dashed prefixes of both ("foo-bar-.service", "foo-.service").
std::vector<std::string> side_names(std::string_view unit_name);

/// A file or link found in side directories.
struct SideFile {
    DirectoryEntry entry;
    std::size_t directory = 0;  ///< number in the index; 0 is the overlay
    std::string_view path;
};

/// Reads side directories, each once.
class SideReader {
public:
    SideReader(const Root& root, const UnitIndex& index, const Overlay& overlay, Arena& arena)
        : root_(root), index_(index), overlay_(overlay), arena_(arena) {}

    enum class What { drop_ins, wants, requires_, upholds };

    /// What the directories of all the unit's names hold, sorted by file name; of two files with one name the one in
    /// the directory of higher precedence counts.
    std::vector<SideFile> find(std::span<const std::string_view> unit_names, UnitType type, What what);

    /// Forgets the overlay's directories.
    void forget() { read_.clear(); }

private:
    using Found = std::map<std::string_view, SideFile>;
    const std::vector<SideFile>& read(std::size_t directory, std::string_view stem, What what);
    void add(Found& found, std::string_view stem, std::size_t directory, What what);

    const Root& root_;
    const UnitIndex& index_;
    const Overlay& overlay_;
    Arena& arena_;
    std::unordered_map<std::string, std::vector<SideFile>> read_;
};

}  // namespace sandgraft::units
