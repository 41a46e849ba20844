// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/control_groups.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <map>

namespace sandgraft::guest {

namespace {

const std::string place = "/sys/fs/cgroup";
constexpr unsigned long mount_flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
constexpr std::size_t largest_memberships = 64 * 1024;
constexpr std::string_view named = "name=";

using Groups = std::map<std::string_view, std::string_view>;

/// Controllers to the path of the group, of lines NUMBER:CONTROLLERS:PATH.
Groups parse(std::string_view memberships) {
    Groups groups;
    for (const auto line : base::split(memberships, '\n')) {
        const auto controllers = line.find(':') + 1;
        const auto path = line.find(":/", controllers);
        if (path != line.npos) groups.emplace(line.substr(controllers, path - controllers), line.substr(path + 1));
    }
    return groups;
}

bool has_memory(std::string_view controllers) {
    const auto names = base::split(controllers, ',');
    return std::find(names.begin(), names.end(), "memory") != names.end();
}

/// The path of the sandbox's own group, where it has one: libvirt always makes one where memory is controlled.
std::string_view own_group(const Groups& groups) {
    const auto memory = std::find_if(groups.begin(), groups.end(), [](const auto& g) { return has_memory(g.first); });
    const auto found = memory == groups.end() ? groups.find("") : memory;
    return found == groups.end() ? "/" : found->second;
}

/// A kernel that refuses leaves the directory empty, which tells nothing of others either.
void mount_version_1(const std::string& controllers) {
    const bool is_named = controllers.starts_with(named);
    const std::string directory = is_named ? controllers.substr(named.size()) : controllers;
    const std::string path = place + "/" + directory;
    if (::mkdir(path.c_str(), 0755) < 0) base::throw_errno("cannot create " + base::quote(path));
    const std::string options = (is_named ? "none," : "") + controllers;
    (void)::mount("cgroup", path.c_str(), "cgroup", mount_flags, options.c_str());
    if (directory.find(',') == std::string::npos) return;
    for (const auto name : base::split(directory, ',')) {
        const std::string link = place + "/" + std::string(name);
        if (::symlink(directory.c_str(), link.c_str()) < 0) base::throw_errno("cannot create " + base::quote(link));
    }
}

}  // namespace

std::vector<std::string> own_hierarchies(std::string_view memberships) {
    const auto groups = parse(memberships);
    const auto own = own_group(groups);
    std::vector<std::string> hierarchies;
    for (const auto& [controllers, group] : groups)
        if (group == own && own != "/") hierarchies.emplace_back(controllers);
    return hierarchies;
}

std::vector<std::string> own_hierarchies() {
    return own_hierarchies(base::read_file("/proc/self/cgroup", largest_memberships));
}

void show_control_groups(const std::vector<std::string>& hierarchies) {
    if (::access(place.c_str(), F_OK) < 0) return;
    if (hierarchies == std::vector<std::string>{""} &&
        ::mount("cgroup2", place.c_str(), "cgroup2", mount_flags, nullptr) == 0)
        return;
    if (::mount("tmpfs", place.c_str(), "tmpfs", mount_flags, "mode=755,size=64k") < 0)
        base::throw_errno("cannot hide the host's control groups");
    for (const auto& controllers : hierarchies)
        if (!controllers.empty()) mount_version_1(controllers);
}

}  // namespace sandgraft::guest
