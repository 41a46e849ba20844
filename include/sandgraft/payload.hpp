// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/unit_set.hpp>

#include <string>
#include <variant>
#include <vector>

namespace sandgraft {

/// A program to run and its arguments. argv[0] is searched in the sandbox's PATH when it has no slash.
struct Command {
    std::vector<std::string> argv{};
    std::string directory = "/";  ///< absolute path in the guest where it starts
    bool terminal = false;        ///< gives it a pseudo terminal of its own instead of three pipes

    bool operator==(const Command&) const = default;
};

/// One change of the root's units, as the function of UnitSet makes it that has the kind's name.
struct UnitEdit {
    enum class Kind { add, replace, add_drop_in, want, require, mask, remove };

    Kind kind = Kind::add;
    std::string unit{};   ///< the unit that is changed
    std::string other{};  ///< of add_drop_in the file, of want and require the unit that is pulled in; else empty
    std::string text{};   ///< of add, replace and add_drop_in; else empty

    bool operator==(const UnitEdit&) const = default;
};

/// systemd as the first process, with the root's own units, as they are below its root before anything is mounted.
/// The sandbox's machine id and host name are its own, and Sandbox::environment is that of all services.
struct Services {
    std::vector<std::string> goals{};  ///< the units to boot into
    UnitProfile profile = UnitProfile::minimal;
    std::vector<UnitEdit> changes{};  ///< in the order in which they are made

    bool operator==(const Services&) const = default;
};

/// What runs in a sandbox.
using Payload = std::variant<Command, Services>;

}  // namespace sandgraft
