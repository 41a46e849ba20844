// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/case_file.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace sandgraft::test {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t size_limit = 1U << 20;

/// Makes the file or link that a "--- " header names; returns the stream for its lines.
std::ofstream begin_entry(std::string_view header, const fs::path& directory) {
    const auto arrow = header.find(" -> ");
    const fs::path path = directory / std::string(header.substr(0, arrow));
    fs::create_directories(path.parent_path());
    if (arrow == std::string_view::npos) return std::ofstream(path);
    fs::create_symlink(std::string(header.substr(arrow + 4)), path);
    return {};
}

void take_header(std::string_view line, CaseFile& result) {
    if (line.starts_with("goal: "))
        result.goals.emplace_back(line.substr(6));
    else if (line.starts_with("varies: "))
        result.varies = line.substr(8);
    else if (!line.empty() && !line.starts_with('#'))
        throw std::runtime_error(result.name + ": what is '" + std::string(line) + "'?");
}

}  // namespace

CaseFile CaseFile::unpack(const std::string& file, const std::string& directory) {
    CaseFile result;
    result.name = fs::path(file).stem();
    fs::create_directories(directory);
    const std::string text = base::read_file(file, size_limit);
    std::ofstream entry;
    bool in_header = true;
    for (const std::string_view line : base::split(text, '\n')) {
        if (line.starts_with("--- ")) {
            in_header = false;
            entry = begin_entry(line.substr(4), directory);
        } else if (in_header) {
            take_header(line, result);
        } else if (entry.is_open()) {
            entry << line << '\n';
        }
    }
    if (result.goals.empty()) throw std::runtime_error(result.name + ": no goal");
    return result;
}

}  // namespace sandgraft::test
