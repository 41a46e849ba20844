// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::units {

class Root;
struct Unit;

/// What the specifiers that do not depend on the unit stand for. The defaults are the system manager's; what is empty
/// expands to nothing.
struct SpecifierValues {
    std::string machine_id, boot_id, host_name, short_host_name, pretty_host_name, kernel,
        architecture;                                                                       // m b H l q v a
    std::string os_id, os_version_id, os_build_id, os_variant_id, image_id, image_version;  // o w B W M A
    std::string user = "root", uid = "0", group = "root", gid = "0", home = "/root", shell = "/bin/sh";  // u U g G h s
    std::string runtime = "/run", state = "/var/lib", cache = "/var/cache", logs = "/var/log", configuration = "/etc";
    std::string tmp = "/tmp", var_tmp = "/var/tmp";  // T V
    std::string credentials = "/run/credentials";    // d is this and the unit's name

    /// From the root's own files (machine-id, hostname, os-release, root's shell) and the running kernel.
    static SpecifierValues from_root(const Root& root);
};

/// The specifiers that may stand in a unit name: %n %N %p %i %j and those of the system and the user.
/// @return nullopt when one of them cannot be resolved, or there is no such specifier.
std::optional<std::string> expand_name(const Unit& unit, const SpecifierValues& values, std::string_view text);

/// The specifiers in the text whose values have to be read from the root or asked of the kernel.
std::string root_specifiers(std::string_view text);

/// Fills in what one of those stands for, and what is read along with it.
void read_root_value(const Root& root, char specifier, SpecifierValues& values);

/// All specifiers; nullopt likewise.
std::optional<std::string> expand(const Unit& unit, const SpecifierValues& values, std::string_view text);

}  // namespace sandgraft::units
