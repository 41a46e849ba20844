// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace sandgraft::test {

/// A unit tree in one text file:
///
///     # what the trap is
///     goal: a.service              (one or more)
///     varies: why                  (systemd's own answer depends on the order of its hash tables)
///     --- a.service                the lines up to the next header are a file
///     --- b.service -> a.service   a link
///     --- c.service: empty         (an empty file follows from no lines as well)
///
/// Paths are below the tree; "/dev/null" as a link's target masks. `${base}` in front of the headers would be the
/// machine's own units, which every case sees at the lowest precedence.
struct CaseFile {
    std::string name;
    std::vector<std::string> goals;
    std::string varies;

    /// Reads a case and writes its tree below `directory`.
    static CaseFile unpack(const std::string& file, const std::string& directory);
};

}  // namespace sandgraft::test
