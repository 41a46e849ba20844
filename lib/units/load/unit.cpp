// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/unit.hpp"

#include "units/text/directives.hpp"
#include "units/text/values.hpp"

namespace sandgraft::units {

namespace {
bool matches(const Assignment& assignment, std::string_view section, std::string_view key) {
    return assignment.key == key && assignment.section == section;
}
}  // namespace

std::string_view to_string(LoadState state) {
    switch (state) {
        case LoadState::loaded: return "loaded";
        case LoadState::not_found: return "not-found";
        case LoadState::bad_setting: return "bad-setting";
        case LoadState::error: return "error";
        case LoadState::masked: return "masked";
    }
    return {};
}

const Assignment* Unit::last(std::string_view section, std::string_view key) const {
    for (auto it = assignments.rbegin(); it != assignments.rend(); ++it)
        if (matches(*it, section, key)) return &*it;
    return nullptr;
}

std::string_view Unit::value(std::string_view section, std::string_view key) const {
    const auto* const assignment = last(section, key);
    return assignment == nullptr ? std::string_view{} : assignment->value;
}

bool Unit::flag(std::string_view section, std::string_view key, bool otherwise) const {
    for (auto it = assignments.rbegin(); it != assignments.rend(); ++it) {
        if (!matches(*it, section, key)) continue;
        if (const auto value = parse_boolean(it->value)) return *value;
    }
    return otherwise;
}

std::vector<const Assignment*> Unit::whole_list(std::string_view section, std::string_view key) const {
    const auto directive = find_directive(section, key);
    std::vector<const Assignment*> found;
    for (const auto& assignment : assignments) {
        if (assignment.section != section || !same_list(directive, key, assignment.key)) continue;
        const bool drops = directive.repetition == Repetition::last ||
                           (directive.repetition == Repetition::list && assignment.value.empty());
        if (drops) found.clear();
        if (directive.repetition == Repetition::last || !assignment.value.empty()) found.push_back(&assignment);
    }
    return found;
}

std::vector<const Assignment*> Unit::list(std::string_view section, std::string_view key) const {
    auto found = whole_list(section, key);
    std::erase_if(found, [&](const Assignment* assignment) { return assignment->key != key; });
    return found;
}

std::string resolve_template(const Unit& unit, std::string_view name) {
    const auto parsed = parse_unit_name(name);
    if (!parsed) return {};
    if (parsed.kind != NameKind::template_) return std::string(name);
    return with_instance(name, unit.is_instance ? unit.instance : unit.prefix);
}

}  // namespace sandgraft::units
