// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/unit.hpp"

namespace sandgraft::units {

std::string resolve_template(const Unit& unit, std::string_view name) {
    const auto parsed = parse_unit_name(name);
    if (!parsed) return {};
    if (parsed.kind != NameKind::template_) return std::string(name);
    return with_instance(name, unit.is_instance ? unit.instance : unit.prefix);
}

}  // namespace sandgraft::units
