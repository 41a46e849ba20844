// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/loader.hpp"
#include "units/load/unit.hpp"

#include <string_view>

namespace sandgraft::units {

/// What systemd makes of one assignment.
enum class Verdict : std::uint8_t {
    accept,
    ignore,       ///< warns; what was set before stays
    bad_setting,  ///< gives up reading the file
    error,        ///< the same, with another load state
};

/// Nothing of the file is read behind such a value.
constexpr bool is_fatal(Verdict verdict) { return verdict == Verdict::bad_setting || verdict == Verdict::error; }

using SettingCheck = Verdict (*)(const Loader&, const Unit&, std::string_view value);

/// Checks of values on which dependencies or the load state depend, by what the setting holds.
namespace checks {

template <const auto& words>
Verdict one_of(const Loader& /*loader*/, const Unit& /*unit*/, std::string_view value) {
    for (const std::string_view word : words)
        if (value == word) return Verdict::accept;
    return Verdict::ignore;
}

/// Like one_of, and an empty value resets.
template <const auto& words>
Verdict empty_or_one_of(const Loader& loader, const Unit& unit, std::string_view value) {
    return value.empty() ? Verdict::accept : one_of<words>(loader, unit, value);
}

// Where a wrong value refuses the unit:
Verdict working_directory(const Loader&, const Unit&, std::string_view value);
Verdict vital_path(const Loader&, const Unit&, std::string_view value);  ///< RootDirectory=, RootImage=, RootVerity=
Verdict user(const Loader&, const Unit&, std::string_view value);
Verdict users(const Loader&, const Unit&, std::string_view value);
Verdict label(const Loader&, const Unit&, std::string_view value);  ///< of a security module
Verdict vital_flag(const Loader&, const Unit&, std::string_view value);
Verdict pid_file(const Loader&, const Unit&, std::string_view value);

// Where it is ignored:
Verdict text(const Loader&, const Unit&, std::string_view value);  ///< whose specifiers are known
Verdict path(const Loader&, const Unit&, std::string_view value);
Verdict swap_path(const Loader&, const Unit&, std::string_view value);  ///< What=, which is a path in swap units only
Verdict mount_images(const Loader&, const Unit&, std::string_view value);
Verdict device(const Loader&, const Unit&, std::string_view value);
Verdict bus_name(const Loader&, const Unit&, std::string_view value);
Verdict log_namespace(const Loader&, const Unit&, std::string_view value);
Verdict input(const Loader&, const Unit&, std::string_view value);
Verdict output(const Loader&, const Unit&, std::string_view value);
Verdict interface(const Loader&, const Unit&, std::string_view value);
Verdict service(const Loader&, const Unit&, std::string_view value);
Verdict exit_statuses(const Loader&, const Unit&, std::string_view value);
Verdict links(const Loader&, const Unit&, std::string_view value);
Verdict calendar(const Loader&, const Unit&, std::string_view value);
Verdict time_span(const Loader&, const Unit&, std::string_view value);

}  // namespace checks

/// The path with its specifiers expanded and simplified; nullopt when it is not absolute or holds "..".
std::optional<std::string> expand_path(const Loader& loader, const Unit& unit, std::string_view text);

}  // namespace sandgraft::units
