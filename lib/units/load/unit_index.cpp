// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/unit_index.hpp"

#include "units/load/unit_file.hpp"
#include "units/text/unit_name.hpp"

#include <sandgraft/error.hpp>

#include "base/text.hpp"

#include <algorithm>
#include <cerrno>

namespace sandgraft::units {

namespace {

constexpr unsigned most_hops = 8;

bool may_alias(UnitType type) {
    switch (type) {
        case UnitType::service:
        case UnitType::socket:
        case UnitType::target:
        case UnitType::device:
        case UnitType::timer:
        case UnitType::path: return true;
        default: return false;
    }
}

/// Why a link in the search path is no alias; empty when it is one.
std::string_view alias_objection(const UnitName& alias, const UnitName& target) {
    if (!may_alias(alias.type)) return "units of this type cannot have aliases";
    if (alias.kind != NameKind::plain && !may_be_template(alias.type)) return "units of this type have no templates";
    if (!target) return "the link's target is not a valid unit name";
    const bool instance_of_template = alias.kind == NameKind::instance && target.kind == NameKind::template_;
    if (alias.kind != target.kind && !instance_of_template) return "one is a template or instance, the other is not";
    if (target.kind == NameKind::instance && alias.instance != target.instance) return "the instances differ";
    if (alias.type != target.type) return "the types differ";
    return {};
}

SideDirectories::Indexes* side_list(SideDirectories& side, std::string_view suffix) {
    if (suffix == "d") return &side.drop_ins;
    if (suffix == "wants") return &side.wants;
    if (suffix == "requires") return &side.requires_;
    return suffix == "upholds" ? &side.upholds : nullptr;
}

}  // namespace

UnitIndex::UnitIndex(const Root& root, const std::vector<std::string>& unit_path, const Overlay& overlay)
    : root_(root), search_path_(unit_path) {
    directories_.push_back({std::string(Overlay::path), {}, {}});
    std::vector<std::pair<dev_t, ino_t>> seen;
    for (const auto& path : unit_path) {
        auto fd = root.open_directory(path);
        struct stat st {};
        if (!fd || ::fstat(fd.get(), &st) < 0) {
            if (errno != ENOENT)
                scan_warnings_.push_back({path, 0, "cannot open the directory of the unit path, ignored"});
            continue;
        }
        // The same directory under a second name (/lib of a merged /usr) would only repeat what is there.
        const auto identity = std::pair(st.st_dev, st.st_ino);
        if (std::find(seen.begin(), seen.end(), identity) != seen.end()) continue;
        seen.push_back(identity);
        directories_.push_back({path, std::move(fd), {}});
        scan(directories_.back());
    }
    rebuild(overlay);
}

void UnitIndex::scan(Directory& directory) {
    try {
        directory.entries = read_directory(directory.fd.get(), scanned_);
    } catch (const Error& error) {
        scan_warnings_.push_back({directory.path, 0, error.what()});
    }
}

void UnitIndex::rebuild(const Overlay& overlay) {
    overlay_ = &overlay;
    units_.clear();
    unit_places_ = {};
    aliases_.clear();
    side_.clear();
    dashed_.clear();
    link_warnings_.clear();
    rebuilt_ = {};
    std::size_t total = overlay.units.size();
    for (const auto& directory : directories_) total += directory.entries.size();
    units_.reserve(total);
    unit_places_.reserve(total);
    directories_[0].entries.clear();
    for (const auto& [name, node] : overlay.units) {
        using Kind = DirectoryEntry::Kind;
        directories_[0].entries.push_back({rebuilt_.store(name), node.is_link ? Kind::link : Kind::file,
                                           node.is_link ? rebuilt_.store(node.content) : std::string_view{}});
    }
    for (const auto& [name, nodes] : overlay.directories)
        directories_[0].entries.push_back({rebuilt_.store(name), DirectoryEntry::Kind::directory, {}});
    for (std::size_t i = 0; i < directories_.size(); ++i) add_directory(i);
    collect_aliases();
}

void UnitIndex::add_directory(std::size_t number) {
    for (const auto& entry : directories_[number].entries) {
        using Kind = DirectoryEntry::Kind;
        if (entry.kind == Kind::directory)
            add_side_directory(number, entry.name);
        else if (entry.kind != Kind::other && parse_unit_name(entry.name))
            add_unit(number, entry);
        else if (entry.kind == Kind::link && leads_to_directory(entry.target))
            add_side_directory(number, entry.name);
    }
}

/// systemd looks where the link would lead from its own working directory, the root: a relative link to a directory
/// beside it is passed over.
bool UnitIndex::leads_to_directory(std::string_view target) const {
    const auto status = root_.status(target.starts_with('/') ? std::string(target) : '/' + std::string(target));
    return status && S_ISDIR(status->st_mode);
}

void UnitIndex::add_unit(std::size_t number, const DirectoryEntry& entry) {
    if (number != 0 && overlay_->removed.contains(entry.name)) return;
    if (entry.kind == DirectoryEntry::Kind::file) {
        put_unit(entry.name, {IndexEntry::Kind::file, static_cast<std::uint16_t>(number), {}});
    } else if (find_unit(entry.name) == nullptr) {
        if (const auto link = classify_link(number, entry)) put_unit(entry.name, *link);
    }
}

void UnitIndex::add_side_directory(std::size_t number, std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return;
    const auto stem = name.substr(0, dot);
    const auto suffix = name.substr(dot + 1);
    SideDirectories sample;
    if (side_list(sample, suffix) == nullptr) return;
    const auto owner = parse_unit_name(stem);
    if (!owner && !unit_type_from_suffix(stem)) return;
    if (owner.prefix.ends_with('-')) dashed_.insert(owner.prefix);
    auto& side = side_[stem];
    side.name = stem;
    side_list(side, suffix)->push_back(static_cast<std::uint16_t>(number));
}

std::string UnitIndex::link_destination(const Directory& directory, std::string_view target) {
    const bool in_overlay = &directory == &directories_[0];
    if (in_overlay && !target.starts_with('/')) return std::string(target);
    const auto name = base_name(target);
    std::string parent(target.starts_with('/') ? "" : directory.path + "/");
    parent.append(target.substr(0, target.size() - name.size()));
    while (parent.ends_with('/')) parent.pop_back();
    const auto [at, is_new] = canonical_.try_emplace(std::move(parent));
    if (is_new) at->second = root_.canonical(at->first.empty() ? "/" : at->first);
    std::string destination(at->second == "/" ? "" : at->second);
    return destination.append("/").append(name);
}

bool UnitIndex::is_in_search_path(std::string_view path) const {
    return !path.starts_with('/') || std::any_of(search_path_.begin(), search_path_.end(), [&](const auto& directory) {
        return base::is_below(path, directory);
    });
}

std::optional<IndexEntry> UnitIndex::classify_link(std::size_t number, const DirectoryEntry& entry) {
    const auto& directory = directories_[number];
    if (entry.target.empty()) return std::nullopt;
    const auto index = static_cast<std::uint16_t>(number);
    if (entry.target == "/dev/null") return IndexEntry{IndexEntry::Kind::linked, index, entry.target};
    const std::string destination = link_destination(directory, entry.target);
    if (!is_in_search_path(destination)) return IndexEntry{IndexEntry::Kind::linked, index, entry.target};
    const auto name = base_name(destination);
    const auto objection = alias_objection(parse_unit_name(entry.name), parse_unit_name(name));
    if (!objection.empty()) {
        link_warnings_.push_back({directory.path + "/" + std::string(entry.name), 0,
                                  "link to " + base::quote(name) + " ignored: " + std::string(objection)});
        return std::nullopt;
    }
    if (name == entry.name) return std::nullopt;
    return IndexEntry{IndexEntry::Kind::alias, index, rebuilt_.store(name)};
}

const IndexEntry* UnitIndex::find(std::string_view name) const {
    const auto* at = find_unit(name);
    return at == nullptr ? nullptr : &at->second;
}

const std::pair<std::string_view, IndexEntry>* UnitIndex::find_unit(std::string_view name) const {
    const auto place = unit_places_.find(name);
    return place == no_node ? nullptr : &units_[place];
}

void UnitIndex::put_unit(std::string_view name, const IndexEntry& entry) {
    if (unit_places_.insert(name, static_cast<NodeId>(units_.size())) == units_.size())
        units_.emplace_back(name, entry);
}

UnitIndex::Target UnitIndex::resolve(std::string_view name) const {
    for (unsigned hops = 0; hops < most_hops; ++hops) {
        const auto* at = find_unit(name);
        if (at == nullptr && hops > 0) at = find_unit(template_of(name));
        if (at == nullptr) return {};
        if (at->second.kind != IndexEntry::Kind::alias) return {&at->second, at->first, false};
        name = at->second.target;
    }
    return {nullptr, {}, true};
}

void UnitIndex::collect_aliases() {
    for (const auto& [name, entry] : units_) {
        if (entry.kind != IndexEntry::Kind::alias) continue;
        const auto target = resolve(name);
        if (target.entry == nullptr) continue;
        const auto alias = parse_unit_name(name);
        const auto main = parse_unit_name(target.name);
        if (main.kind == NameKind::template_ && alias.kind == NameKind::instance)
            aliases_[rebuilt_.store(with_instance(target.name, *alias.instance))].push_back(name);
        else
            aliases_[target.name].push_back(name);
    }
    for (auto& [name, list] : aliases_) std::sort(list.begin(), list.end());
}

std::span<const std::string_view> UnitIndex::aliases(std::string_view name) const {
    const auto at = aliases_.find(name);
    return at == aliases_.end() ? std::span<const std::string_view>{} : at->second;
}

const SideDirectories* UnitIndex::side_directories(std::string_view stem) const {
    const auto at = side_.find(stem);
    return at == side_.end() ? nullptr : &at->second;
}

std::vector<UnitWarning> UnitIndex::warnings() const {
    std::vector<UnitWarning> all = scan_warnings_;
    all.insert(all.end(), link_warnings_.begin(), link_warnings_.end());
    return all;
}

std::vector<std::string_view> UnitIndex::names() const {
    std::vector<std::string_view> names;
    names.reserve(units_.size());
    for (const auto& [name, entry] : units_) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace sandgraft::units
