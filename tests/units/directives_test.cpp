// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of settings against the installed systemd's own list.
#include "units/settings/setting_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace sandgraft::units;

std::string run(const char* command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "re"), pclose);
    std::string out;
    std::array<char, 4096> buffer{};
    while (pipe)
        if (const auto n = fread(buffer.data(), 1, buffer.size(), pipe.get()); n > 0)
            out.append(buffer.data(), n);
        else
            break;
    return out;
}

UnitType type_of(std::string_view section) {
    for (int i = 0; i <= static_cast<int>(UnitType::scope); ++i)
        if (own_section(static_cast<UnitType>(i)) == section) return static_cast<UnitType>(i);
    return UnitType::service;
}

}  // namespace

int main() {
    const auto version = run("/usr/lib/systemd/systemd --version 2>/dev/null");
    if (!version.starts_with("systemd 252 ")) {
        std::printf("skipped: the table is systemd 252's, and this is %s\n", version.substr(0, 12).c_str());
        return 77;
    }
    const auto text = run("/usr/lib/systemd/systemd --dump-configuration-items 2>/dev/null");
    std::string section;
    std::size_t known = 0, unknown = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
        const auto equals = line.find('=');
        if (line.starts_with('[') || equals == std::string::npos) continue;
        if (find_setting(type_of(section), section, line.substr(0, equals)) != nullptr) {
            ++known;
        } else {
            ++unknown;
            std::printf("missing: [%s] %s\n", section.c_str(), line.c_str());
        }
    }
    const bool precise = find_setting(UnitType::service, "Service", "ListenStream") == nullptr &&
                         find_setting(UnitType::slice, "Slice", "ExecStart") == nullptr &&
                         find_setting(UnitType::target, "Service", "Type") == nullptr &&
                         !is_known_section(UnitType::target, "");
    std::printf("%zu directives known, %zu missing\n", known, unknown);
    return unknown == 0 && known > 1000 && precise ? 0 : 1;
}
