// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/dependency.hpp"

#include <array>
#include <utility>

namespace sandgraft::units {

namespace {

struct KindNames {
    std::string_view forward, reversed;
};

constexpr std::array<KindNames, dependency_kinds> kind_names{{
    {"Requires", "RequiredBy"},
    {"BindsTo", "BoundBy"},
    {"Wants", "WantedBy"},
    {"Upholds", "UpheldBy"},
    {"Requisite", "RequisiteOf"},
    {"PartOf", "ConsistsOf"},
    {"Conflicts", "ConflictedBy"},
    {"Before", "After"},
    {"OnSuccess", "OnSuccessOf"},
    {"OnFailure", "OnFailureOf"},
    {"Triggers", "TriggeredBy"},
    {"PropagatesReloadTo", "ReloadPropagatedFrom"},
    {"PropagatesStopTo", "StopPropagatedFrom"},
    {"JoinsNamespaceOf", "JoinsNamespaceOf"},
    {"InSlice", "SliceOf"},
}};

constexpr std::array<std::pair<Origin, std::string_view>, 6> origin_names{{
    {Origin::file, "file"},
    {Origin::implicit, "implicit"},
    {Origin::default_, "default"},
    {Origin::path, "path"},
    {Origin::slice_property, "slice-property"},
    {Origin::mount_file, "mount-file"},
}};

}  // namespace

std::string_view to_string(Relation relation) {
    const KindNames& names = kind_names[static_cast<std::size_t>(relation.kind)];
    return relation.reversed ? names.reversed : names.forward;
}

std::string to_string(OriginSet origins) {
    std::string text;
    for (const auto& [origin, name] : origin_names) {
        if (!contains(origins, origin)) continue;
        if (!text.empty()) text += ' ';
        text += name;
    }
    return text;
}

}  // namespace sandgraft::units
