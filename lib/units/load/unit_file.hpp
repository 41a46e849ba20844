// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/arena.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// What systemd would warn about, with its consequence ("ignored").
struct Warning {
    std::string file;
    unsigned line = 0;  ///< 0: the file or unit as a whole
    std::string reason;

    bool operator==(const Warning&) const = default;
};

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
    std::vector<Warning> warnings;
    bool failed = false;  ///< systemd stops reading here; the last warning says why
};

/// Reads the text of one file. The result views `text` and what was joined in `arena`.
ParsedLines parse_lines(std::string_view text, std::string_view file, Arena& arena);
/// The same, into the memory of an earlier result, which is overwritten.
void parse_lines(std::string_view text, std::string_view file, Arena& arena, ParsedLines& out);

/// One unit file, loss-free: text() gives back what was parsed, byte for byte; beside it is what systemd takes from it.
class UnitFile {
public:
    /// @param path  for messages and for Assignment::file.
    static UnitFile parse(std::string text, std::string path);

    UnitFile(UnitFile&&) noexcept = default;
    UnitFile& operator=(UnitFile&&) noexcept = default;

    [[nodiscard]] const std::string& text() const noexcept { return *text_; }
    [[nodiscard]] const std::string& path() const noexcept { return *path_; }
    [[nodiscard]] std::span<const Assignment> assignments() const noexcept { return lines_.assignments; }
    [[nodiscard]] std::span<const Warning> warnings() const noexcept { return lines_.warnings; }
    [[nodiscard]] bool failed() const noexcept { return lines_.failed; }

private:
    UnitFile(std::string text, std::string path);

    std::unique_ptr<std::string> text_;
    std::unique_ptr<std::string> path_;
    Arena arena_;
    ParsedLines lines_;
};

}  // namespace sandgraft::units
