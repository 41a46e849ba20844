// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/arena.hpp"

#include <sandgraft/unit_set.hpp>

#include <string_view>
#include <vector>

namespace sandgraft::units {

/// One effective assignment: continuation lines joined, comments dropped, blanks around key and value removed.
struct Assignment {
    std::string_view section;
    std::string_view key;
    std::string_view value;
    std::string_view file;  ///< the fragment or drop-in, as a path beneath the root
    unsigned line = 0;      ///< where the assignment starts
};

/// What the lines of a unit file say, as systemd reads them.
struct ParsedLines {
    std::vector<Assignment> assignments;
    std::vector<UnitWarning> warnings;
    bool failed = false;  ///< systemd stops reading here; the last warning says why
};

/// Reads the text of one file. The result views `text` and what was joined in `arena`.
ParsedLines parse_lines(std::string_view text, std::string_view file, Arena& arena);
/// The same, into the memory of an earlier result, which is overwritten.
void parse_lines(std::string_view text, std::string_view file, Arena& arena, ParsedLines& out);

}  // namespace sandgraft::units
