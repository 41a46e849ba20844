// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/arena.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// One entry of a directory.
struct DirectoryEntry {
    enum class Kind : std::uint8_t { file, link, directory, other };
    std::string_view name;  ///< of an entry on disk: a NUL follows it
    Kind kind = Kind::other;
    std::string_view target;  ///< of a link
};

enum class LinkTargets { read, skip };

/// The entries of an open directory, without "." and "..", hidden and backup files, in no order.
/// @throws Error io when it cannot be read.
std::vector<DirectoryEntry> read_directory(int fd, Arena& arena, LinkTargets targets = LinkTargets::read);

/// A name that systemd passes over in every directory: hidden, or left behind by an editor or package manager.
bool is_hidden_or_backup(std::string_view name);

}  // namespace sandgraft::units
