// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/arena.hpp"
#include "units/load/overlay.hpp"
#include "units/load/unit_index.hpp"
#include "units/text/unit_name.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
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
    std::string_view place;  ///< "NAME.d/FILE"
    bool masked = false;     ///< it leads to /dev/null or another device, or to an empty file
};

/// Reads side directories, each once.
class SideReader {
public:
    SideReader(const Root& root, const UnitIndex& index, const Overlay& overlay, Arena& arena)
        : root_(root), index_(index), overlay_(overlay), arena_(arena) {}

    enum class What { drop_ins, wants, requires_, upholds };

    /// The side directories that a unit has, by precedence.
    using Places = std::vector<std::pair<std::size_t, std::string_view>>;  ///< directory number and stem
    struct Sides {
        Places drop_ins, wants, requires_, upholds;
    };
    [[nodiscard]] Sides places(std::span<const std::string_view> unit_names, UnitType type) const;

    /// What these directories hold, sorted by file name; of two files with one name the first place's counts.
    std::vector<SideFile> files(const Places& places, What what);

private:
    struct Stem;
    [[nodiscard]] bool has_dashed_prefix(std::string_view unit_name) const;
    void add_places(std::span<const Stem> stems, Sides& sides) const;
    const std::vector<SideFile>& read(std::size_t directory, std::string_view stem, What what);
    void read_from_disk(const std::string& name, std::size_t directory, bool links, std::vector<SideFile>& files);
    void read_overlay(const std::string& name, std::vector<SideFile>& files);
    bool is_masked(int fd, const SideFile& file) const;

    const Root& root_;
    const UnitIndex& index_;
    const Overlay& overlay_;
    Arena& arena_;
    std::map<std::tuple<std::string_view, std::size_t, What>, std::vector<SideFile>> read_;
};

}  // namespace sandgraft::units
