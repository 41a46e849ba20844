// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/unit_set.hpp>

#include "units/settings/unknown_settings.hpp"
#include "units/tree/profile.hpp"
#include "units/unit_set_state.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <unordered_set>

namespace sandgraft {

namespace {

UnitInfo describe(const units::Unit& unit) {
    const auto unknown = units::unknown_settings(unit);
    UnitInfo info;
    info.name = unit.id;
    info.aliases.assign(unit.names.begin() + 1, unit.names.end());
    info.state = unit.state;
    info.state_reason = unit.state_reason;
    info.fragment = unit.fragment_path;
    for (const auto& drop_in : unit.drop_ins) info.drop_ins.emplace_back(drop_in.path);
    info.warnings = unit.warnings;
    info.warnings.insert(info.warnings.end(), unknown.begin(), unknown.end());
    return info;
}

}  // namespace

std::string to_string(UnitState state) {
    switch (state) {
        case UnitState::loaded: return "loaded";
        case UnitState::not_found: return "not-found";
        case UnitState::bad_setting: return "bad-setting";
        case UnitState::error: return "error";
        case UnitState::masked: break;
    }
    return "masked";
}

UnitSet::UnitSet(UnitSource source) : state_(std::make_unique<State>(std::move(source))) {}
UnitSet::UnitSet(UnitSet&&) noexcept = default;
UnitSet& UnitSet::operator=(UnitSet&&) noexcept = default;
UnitSet::~UnitSet() = default;

UnitSet::UnitSet(const UnitSet& other) : UnitSet(other.state_->source) {
    state_->loader.set_overlay(other.state_->loader.overlay());
}

UnitSet& UnitSet::operator=(const UnitSet& other) {
    if (this != &other) *this = UnitSet(other);
    return *this;
}

const UnitSource& UnitSet::source() const noexcept { return state_->source; }

UnitInfo UnitSet::info(std::string_view name) const { return describe(state_->loader.load(name)); }

std::vector<UnitWarning> UnitSet::warnings() const { return state_->loader.warnings(); }

std::vector<UnitInfo> UnitSet::list() const {
    std::vector<UnitInfo> infos;
    std::unordered_set<std::string_view> seen;
    for (const auto name : state_->loader.names()) {
        if (!units::is_loadable_name(name) && !units::is_template_name(name)) continue;
        const auto& unit = state_->loader.load(name);
        if (seen.insert(unit.id).second) infos.push_back(describe(unit));
    }
    std::sort(infos.begin(), infos.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return infos;
}

std::string UnitSet::cat(std::string_view name) const {
    const auto& unit = state_->loader.load(name);
    if (unit.fragment_path.empty() && unit.drop_ins.empty())
        throw Error(ErrorCode::not_found,
                    "unit " + base::quote(name) + " has no file" +
                        (unit.state_reason.empty() ? "" : " that can be read: " + std::string(unit.state_reason)));
    std::string out;
    const auto append = [&](std::string_view path) {
        out.append(out.empty() ? "# " : "\n# ").append(path).append("\n").append(state_->loader.text(path));
        if (!out.ends_with('\n')) out += '\n';
    };
    if (!unit.fragment_path.empty()) append(unit.fragment_path);
    for (const auto& drop_in : unit.drop_ins) append(drop_in.path);
    return out;
}

void UnitSet::add(std::string_view name, std::string text) {
    const auto& unit = state_->loader.load(name);
    if (unit.state != UnitState::masked && !unit.fragment_path.empty())
        throw Error(ErrorCode::exists, "unit " + base::quote(name) + " exists already");
    replace(name, std::move(text));
}

void UnitSet::replace(std::string_view name, std::string text) {
    if (text.empty()) throw Error(ErrorCode::invalid, "unit " + base::quote(name) + ": an empty file would mask it");
    state_->loader.put_unit(name, std::move(text));
}

void UnitSet::add_drop_in(std::string_view unit, std::string_view file, std::string text) {
    state_->loader.put_drop_in(unit, file, std::move(text));
}

void UnitSet::want(std::string_view wanting, std::string_view wanted) {
    state_->loader.put_link(wanting, units::LinkKind::wants, wanted);
}

void UnitSet::require(std::string_view requiring, std::string_view required) {
    state_->loader.put_link(requiring, units::LinkKind::requires_, required);
}

void UnitSet::mask(std::string_view name) { state_->loader.mask(name); }
void UnitSet::remove(std::string_view name) { state_->loader.remove(name); }

UnitTree UnitSet::tree(UnitProfile profile, const std::vector<std::string>& goals) const {
    return units::make_tree(state_->loader, profile, goals, state_->source.container);
}

void UnitSet::write_tree(const std::string& directory, UnitProfile profile,
                         const std::vector<std::string>& goals) const {
    tree(profile, goals).write(directory);
}

}  // namespace sandgraft
