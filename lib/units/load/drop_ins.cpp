// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/drop_ins.hpp"

#include "units/load/directory_scan.hpp"
#include "units/text/unit_name.hpp"

#include <sandgraft/error.hpp>

#include <sys/stat.h>
#include <algorithm>

namespace sandgraft::units {

namespace {

using What = SideReader::What;

std::string_view suffix_of(What what) {
    switch (what) {
        case What::drop_ins: return ".d";
        case What::wants: return ".wants";
        case What::requires_: return ".requires";
        case What::upholds: return ".upholds";
    }
    return {};
}

/// "foo-bar" and "foo-bar-" become "foo-"; empty when there is no shorter dashed prefix.
std::string_view shorter_prefix(std::string_view prefix) {
    for (bool chopped = false;; chopped = true) {
        const auto dash = prefix.rfind('-');
        if (dash == std::string_view::npos || dash == 0) return {};
        if (dash + 1 < prefix.size() || chopped) return prefix.substr(0, dash + 1);
        prefix = prefix.substr(0, dash);
    }
}

void add_side_names(const std::string& unit_name, std::vector<std::string>& names) {
    names.push_back(unit_name);
    const auto name = parse_unit_name(unit_name);
    if (name.kind == NameKind::instance) add_side_names(template_of(unit_name), names);
    const auto prefix = shorter_prefix(name.prefix);
    if (prefix.empty()) return;
    std::string shorter(prefix);
    if (name.kind == NameKind::instance) shorter.append("@").append(*name.instance);
    shorter.append(".").append(to_string(name.type));
    add_side_names(shorter, names);
}

}  // namespace

std::vector<std::string> side_names(std::string_view unit_name) {
    std::vector<std::string> names;
    if (!parse_unit_name(unit_name)) return names;
    add_side_names(std::string(unit_name), names);
    // A deep instance name reaches the same prefixes by several ways; the first one has the precedence.
    std::vector<std::string> unique;
    for (auto& name : names)
        if (std::find(unique.begin(), unique.end(), name) == unique.end()) unique.push_back(std::move(name));
    return unique;
}

/// A name that has side directories.
struct SideReader::Stem {
    std::string_view name;
    const SideDirectories* directories;
};

SideReader::Sides SideReader::places(std::span<const std::string_view> unit_names, UnitType type) const {
    Sides sides;
    std::vector<Stem> stems;
    const auto add_stem = [&](std::string_view name) {
        if (const auto* const found = index_.side_directories(name)) stems.push_back({found->name, found});
    };
    for (const auto unit_name : unit_names) {
        stems.clear();
        if (has_dashed_prefix(unit_name)) {
            for (const auto& name : side_names(unit_name)) add_stem(name);
        } else {
            add_stem(unit_name);
            if (const auto generic = template_of(unit_name); !generic.empty()) add_stem(generic);
        }
        add_places(stems, sides);
    }
    stems.clear();
    add_stem(to_string(type));
    add_places(stems, sides);
    return sides;
}

bool SideReader::has_dashed_prefix(std::string_view unit_name) const {
    if (!index_.has_dashed_side_directories()) return false;
    for (auto prefix = shorter_prefix(parse_unit_name(unit_name).prefix); !prefix.empty();
         prefix = shorter_prefix(prefix))
        if (index_.has_dashed_side_directories(prefix)) return true;
    return false;
}

void SideReader::add_places(std::span<const Stem> stems, Sides& sides) const {
    if (stems.empty()) return;
    const auto add = [&](std::size_t number, Places& places, SideDirectories::Indexes SideDirectories::*list) {
        for (const auto& stem : stems) {
            const auto& numbers = stem.directories->*list;
            if (std::binary_search(numbers.begin(), numbers.end(), number)) places.emplace_back(number, stem.name);
        }
    };
    for (std::size_t number = 0; number < index_.directory_count(); ++number) {
        add(number, sides.drop_ins, &SideDirectories::drop_ins);
        add(number, sides.wants, &SideDirectories::wants);
        add(number, sides.requires_, &SideDirectories::requires_);
        add(number, sides.upholds, &SideDirectories::upholds);
    }
}

const std::vector<SideFile>& SideReader::read(std::size_t directory, std::string_view stem, What what) {
    const auto [at, is_new] = read_.try_emplace({stem, directory, what});
    auto& files = at->second;
    if (!is_new) return files;
    const std::string name = std::string(stem).append(suffix_of(what));
    if (directory == 0)
        read_overlay(name, files);
    else
        read_from_disk(name, directory, what != What::drop_ins, files);
    return files;
}

void SideReader::read_overlay(const std::string& name, std::vector<SideFile>& files) {
    using Kind = DirectoryEntry::Kind;
    for (const auto& [file, node] : overlay_.directories.find(name)->second)
        files.push_back(
            {{file, node.is_link ? Kind::link : Kind::file, node.content}, 0, {}, {}, node.content.empty()});
    for (auto& file : files) {
        file.path = arena_.join({Overlay::path, "/", name, "/", file.entry.name});
        file.place = file.path.substr(Overlay::path.size() + 1);
    }
}

void SideReader::read_from_disk(const std::string& name, std::size_t directory, bool links,
                                std::vector<SideFile>& files) {
    const std::string path = std::string(index_.directory_path(directory)).append("/").append(name);
    const auto fd = root_.open_directory(path);
    if (!fd) return;
    // In the host's own tree the status of a link tells all; elsewhere there may be no /dev/null to lead to.
    const auto with_targets = root_.is_host_root() ? LinkTargets::skip : LinkTargets::read;
    try {
        for (const auto& entry : read_directory(fd.get(), arena_, with_targets))
            files.push_back({entry, directory, {}, {}, false});
    } catch (const Error&) {
        files.clear();
    }
    std::string shown = links ? std::string{} : root_.path_of(fd.get());
    if (shown.empty()) shown = path;
    for (auto& file : files) {
        file.path = arena_.join({shown, "/", file.entry.name});
        file.place = links ? std::string_view{} : arena_.join({name, "/", file.entry.name});
        file.masked = links && is_masked(fd.get(), file);
    }
}

bool SideReader::is_masked(int fd, const SideFile& file) const {
    if (file.entry.kind == DirectoryEntry::Kind::link && file.entry.target == "/dev/null") return true;
    struct stat st {};
    if (root_.is_host_root()) return ::fstatat(fd, file.entry.name.data(), &st, 0) == 0 && is_null_or_empty(st);
    const auto status = root_.status(std::string(file.path));
    return status && is_null_or_empty(*status);
}

std::vector<SideFile> SideReader::files(const Places& places, What what) {
    std::vector<SideFile> files;
    for (const auto& [directory, stem] : places)
        for (const auto& file : read(directory, stem, what))
            if (what != What::drop_ins || file.entry.name.ends_with(".conf")) files.push_back(file);
    std::stable_sort(files.begin(), files.end(),
                     [](const SideFile& a, const SideFile& b) { return a.entry.name < b.entry.name; });
    const auto same_name = [](const SideFile& a, const SideFile& b) { return a.entry.name == b.entry.name; };
    files.erase(std::unique(files.begin(), files.end(), same_name), files.end());
    return files;
}

}  // namespace sandgraft::units
