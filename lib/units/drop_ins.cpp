// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/drop_ins.hpp"

#include "units/directory_scan.hpp"
#include "units/unit_name.hpp"

#include <sandgraft/error.hpp>

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

const SideDirectories::Indexes& list_of(const SideDirectories& side, What what) {
    switch (what) {
        case What::drop_ins: return side.drop_ins;
        case What::wants: return side.wants;
        case What::requires_: return side.requires_;
        case What::upholds: break;
    }
    return side.upholds;
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

const std::vector<SideFile>& SideReader::read(std::size_t directory, std::string_view stem, What what) {
    std::string name(stem);
    name.append(suffix_of(what));
    const std::string path = std::string(index_.directory_path(directory)) + "/" + name;
    const auto [at, is_new] = read_.try_emplace(path);
    auto& files = at->second;
    if (!is_new) return files;
    if (directory == 0) {
        using Kind = DirectoryEntry::Kind;
        for (const auto& [file, node] : overlay_.directories.find(name)->second)
            files.push_back({{file, node.is_link ? Kind::link : Kind::file, node.content}, 0, {}});
    } else if (const auto fd = root_.open_directory(path)) {
        try {
            for (const auto& entry : read_directory(fd.get(), arena_)) files.push_back({entry, directory, {}});
        } catch (const Error&) {
            files.clear();
        }
    }
    for (auto& file : files) file.path = arena_.join({path, "/", file.entry.name});
    return files;
}

void SideReader::add(Found& found, std::string_view stem, std::size_t directory, What what) {
    for (const auto& file : read(directory, stem, what)) {
        if (what == What::drop_ins && !file.entry.name.ends_with(".conf")) continue;
        found.try_emplace(file.entry.name, file);
    }
}

std::vector<SideFile> SideReader::find(std::span<const std::string_view> unit_names, UnitType type, What what) {
    Found found;
    std::vector<std::pair<std::string, const SideDirectories::Indexes*>> stems;
    for (const auto unit_name : unit_names) {
        stems.clear();
        for (auto& name : side_names(unit_name))
            if (const auto* side = index_.side_directories(name))
                stems.emplace_back(std::move(name), &list_of(*side, what));
        if (stems.empty()) continue;
        for (std::size_t directory = 0; directory < index_.directory_count(); ++directory)
            for (const auto& [stem, directories] : stems)
                if (std::binary_search(directories->begin(), directories->end(), directory))
                    add(found, stem, directory, what);
    }
    if (const auto* side = index_.side_directories(to_string(type)))
        for (const auto directory : list_of(*side, what)) add(found, to_string(type), directory, what);
    std::vector<SideFile> files;
    files.reserve(found.size());
    for (const auto& [name, file] : found) files.push_back(file);
    return files;
}

}  // namespace sandgraft::units
