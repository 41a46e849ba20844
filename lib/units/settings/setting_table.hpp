// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/settings/setting_checks.hpp"
#include "units/settings/unit_settings.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sandgraft::units {

/// A set of sections, those of different unit types told apart.
using Places = std::uint16_t;

/// What a setting is: where systemd reads it, which values it accepts, and what they mean for dependencies.
struct Setting {
    std::string_view key;
    Places places = 0;
    void (*set)(UnitSettings&, const Assignment&) = nullptr;  ///< nullptr: no dependency follows from it
    SettingCheck check = nullptr;                             ///< nullptr: any value will do
    std::optional<CommandKind> commands = std::nullopt;       ///< the values are commands, which are judged when read

    [[nodiscard]] Verdict judge(const Loader& loader, const Unit& unit, std::string_view value) const {
        return check == nullptr ? Verdict::accept : check(loader, unit, value);
    }
};

/// systemd reads the section in units of the type.
bool is_known_section(UnitType type, std::string_view section);

/// The setting of that section in units of the type; nullptr when systemd does not know it.
const Setting* find_setting(UnitType type, std::string_view section, std::string_view key);

}  // namespace sandgraft::units
