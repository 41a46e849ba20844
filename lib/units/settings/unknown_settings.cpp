// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/unknown_settings.hpp"

#include "units/settings/setting_table.hpp"

#include "base/text.hpp"

namespace sandgraft::units {

namespace {
bool is_extension(std::string_view name) { return name.starts_with("X-"); }
}  // namespace

std::vector<UnitWarning> unknown_settings(const Unit& unit) {
    std::vector<UnitWarning> warnings;
    std::string_view file, section;
    for (const auto& assignment : unit.assignments) {
        const bool same_place = assignment.file == file && assignment.section == section;
        file = assignment.file;
        section = assignment.section;
        if (!is_known_section(unit.type, section)) {
            if (!same_place && !is_extension(section))
                warnings.push_back(
                    {std::string(file), assignment.line, "unknown section " + base::quote(section) + ", ignored"});
        } else if (find_setting(unit.type, section, assignment.key) == nullptr && !is_extension(assignment.key)) {
            warnings.push_back(
                {std::string(file), assignment.line,
                 "unknown key " + base::quote(assignment.key) + " in section [" + std::string(section) + "], ignored"});
        }
    }
    return warnings;
}

}  // namespace sandgraft::units
