// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"
#include "units/load/unit.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// One command of an Exec line: what systemd would execute.
struct Command {
    std::string path;                    ///< absolute, or a name to be looked up
    std::vector<std::string> arguments;  ///< with the zeroth one
    bool ignore_failure = false;         ///< -
    bool keep_environment = false;       ///< : no variable is expanded in the arguments
    bool full_privileges = false;        ///< +
    bool no_setuid = false;              ///< !
    bool ambient = false;                ///< !!

    bool operator==(const Command&) const = default;
};

struct Commands {
    std::vector<Command> commands;
    std::vector<UnitWarning> warnings;
    std::vector<UnitWarning> fatal;  ///< where systemd stops reading a file: of the fragment, it refuses the unit
};

/// The commands of a directive such as ExecStart of a unit that `loader` loaded, specifiers expanded and resetting
/// empty assignments applied.
Commands read_commands(const Loader& loader, const Unit& unit, std::string_view key);

/// Whether the directive expands variables, so that a dollar sign has to be doubled.
enum class Dollars { literal, doubled };

/// One word that reads back as `text` where a directive takes words with quotes and C escapes: quoted and escaped where
/// needed, percent signs doubled.
std::string quote_word(std::string_view text, Dollars dollars);

}  // namespace sandgraft::units
