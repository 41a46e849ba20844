// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.hpp"
#include "units.hpp"

#include <sandgraft/error.hpp>

#include <boost/filesystem.hpp>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>

namespace cli {

namespace {

namespace fs = boost::filesystem;

using sandgraft::UnitChange;
using sandgraft::UnitFinding;
using sandgraft::UnitInfo;
using sandgraft::UnitProfile;
using sandgraft::UnitSet;
using sandgraft::UnitTree;

std::string info_json(const UnitInfo& info) {
    return json_object({{"name", json_text(info.name)},
                        {"aliases", json_list(info.aliases)},
                        {"state", json_text(to_string(info.state))},
                        {"fragment", info.fragment.empty() ? "null" : json_text(info.fragment)},
                        {"dropIns", json_list(info.drop_ins)}});
}

/// "UNIT  STATE  FRAGMENT (+2 drop-ins) = alias"
void print_info(const UnitInfo& info, int width) {
    std::cout << std::left << std::setw(width) << info.name << "  " << std::setw(11) << to_string(info.state) << "  "
              << (info.fragment.empty() ? "-" : info.fragment);
    if (!info.drop_ins.empty())
        std::cout << " +" << info.drop_ins.size() << " drop-in" << (info.drop_ins.size() > 1 ? "s" : "");
    for (const std::string& alias : info.aliases) std::cout << " = " << alias;
    std::cout << '\n';
}

UnitProfile profile_named(const std::string& name) {
    if (const auto profile = find_profile(name)) return *profile;
    throw UsageError("there is no profile '" + name + "': full, minimal or bare");
}

std::string finding_json(const UnitFinding& finding) {
    return json_object({{"severity", json_text(to_string(finding.severity))},
                        {"kind", json_text(to_string(finding.kind))},
                        {"unit", json_text(finding.unit)},
                        {"message", json_text(finding.message)}});
}

void read_entry(const fs::directory_entry& entry, const std::string& directory, UnitTree& tree) {
    const std::string path = entry.path().lexically_relative(directory).string();
    const fs::file_status status = entry.symlink_status();
    if (fs::is_symlink(status)) {
        tree.entries.push_back({path, true, fs::read_symlink(entry.path()).string()});
    } else if (fs::is_regular_file(status)) {
        std::ifstream file(entry.path().string(), std::ios::binary);
        tree.entries.push_back({path, false, std::string(std::istreambuf_iterator<char>(file), {})});
    }
}

/// What is in a directory, as the tree that would be written to it.
UnitTree read_tree(const std::string& directory) try {
    UnitTree tree;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) read_entry(entry, directory, tree);
    std::sort(tree.entries.begin(), tree.entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return tree;
} catch (const fs::filesystem_error& error) {
    const std::string at = error.path1().empty() ? directory : error.path1().string();
    throw sandgraft::Error(sandgraft::ErrorCode::io, "cannot read '" + at + "': " + error.code().message());
}

std::string kind_name(UnitChange::Kind kind) {
    if (kind == UnitChange::Kind::added) return "added";
    return kind == UnitChange::Kind::removed ? "removed" : "changed";
}

std::string change_json(const UnitChange& change) {
    return json_object({{"kind", json_text(kind_name(change.kind))},
                        {"path", json_text(change.path)},
                        {"before", json_text(change.before)},
                        {"after", json_text(change.after)}});
}

template <typename Items, typename ToJson, typename Print>
void print_all(const Items& items, bool json, ToJson to_json, Print print) {
    std::vector<std::string> values;
    for (const auto& item : items)
        if (json)
            values.push_back(to_json(item));
        else
            print(item);
    if (json) std::cout << json_array(values) << '\n';
}

}  // namespace

int units_list(const UnitsRequest& request) {
    const UnitSet set(request.source);
    const std::vector<UnitInfo> all = set.list();
    for (const sandgraft::UnitWarning& warning : set.warnings())
        std::cerr << "sandgraft units: " << warning.file << ": " << warning.reason << '\n';
    std::size_t width = 0;
    for (const UnitInfo& info : all) width = std::max(width, std::min<std::size_t>(info.name.size(), 50));
    print_all(all, request.json, info_json, [&](const UnitInfo& info) { print_info(info, static_cast<int>(width)); });
    return 0;
}

int units_cat(const UnitsRequest& request) {
    const UnitSet set(request.source);
    std::vector<std::string> texts;
    for (const std::string& unit : with_suffixes(request.units)) texts.push_back(set.cat(unit));
    print_all(texts, request.json, json_text, [first = true](const std::string& text) mutable {
        std::cout << (first ? "" : "\n") << text;
        first = false;
    });
    return 0;
}

int units_tree(const UnitsRequest& request) {
    const UnitProfile profile = profile_named(request.profile);
    if (request.output.empty()) throw UsageError("tree needs --output DIR");
    const UnitTree tree = UnitSet(request.source).tree(profile, with_suffixes(request.units));
    tree.write(request.output);
    const std::string path = tree.unit_path(request.output);
    if (request.json)
        std::cout << json_object({{"directory", json_text(request.output)},
                                  {"entries", std::to_string(tree.entries.size())},
                                  {"unitPath", json_text(path)}})
                  << '\n';
    else
        std::cout << "wrote " << tree.entries.size() << " files and links; SYSTEMD_UNIT_PATH=" << path << '\n';
    return 0;
}

int units_verify(const UnitsRequest& request) {
    const std::vector<UnitFinding> findings = UnitSet(request.source).verify(with_suffixes(request.units));
    print_all(findings, request.json, finding_json, [](const UnitFinding& finding) {
        std::cout << finding.unit << ": " << to_string(finding.severity) << ": " << to_string(finding.kind) << ": "
                  << finding.message << '\n';
    });
    const auto is_error = [](const UnitFinding& finding) { return finding.severity == UnitFinding::Severity::error; };
    return std::any_of(findings.begin(), findings.end(), is_error) ? 1 : 0;
}

int units_diff(const UnitsRequest& request) {
    const auto changes = sandgraft::diff(read_tree(request.units[0]), read_tree(request.units[1]));
    print_all(changes, request.json, change_json,
              [](const UnitChange& change) { std::cout << kind_name(change.kind) << ' ' << change.path << '\n'; });
    return changes.empty() ? 0 : 1;
}

}  // namespace cli
