// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/control_groups.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <map>
#include <optional>

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

/// A kernel may lack the file, and the hypervisor may show it read-only.
bool write_if_possible(const std::string& path, std::string_view value) {
    const base::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    return fd && ::write(fd.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

std::optional<std::uint64_t> read_number(const std::string& path) {
    try {
        constexpr std::size_t longest = 32;
        return base::parse_u64(base::trim(base::read_file(path, longest)));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

/// systemd-machined makes a scope for a container, and leaves to libvirt what is below.
OwnGroups own_groups(std::string_view memberships) {
    constexpr std::string_view libvirts = ".scope/libvirt";
    const auto groups = parse(memberships);
    const auto own = own_group(groups);
    OwnGroups found;
    for (const auto& [controllers, group] : groups) {
        if (group != own || own == "/") continue;
        found.hierarchies.emplace_back(controllers);
        if (controllers.empty()) found.path = group;
    }
    if (found.path.ends_with(libvirts)) found.delegated = base::parent_of(found.path);
    return found;
}

OwnGroups own_groups() { return own_groups(base::read_file("/proc/self/cgroup", largest_memberships)); }

void limit_processes(const OwnGroups& own, std::uint64_t processes) {
    if (processes == 0 || own.path.empty()) return;
    if (!own.delegated.empty()) (void)write_if_possible(place + own.delegated + "/cgroup.subtree_control", "+pids");
    const auto used = read_number(place + own.path + "/pids.current");
    if (used) (void)write_if_possible(place + own.path + "/pids.max", std::to_string(*used + processes));
}

/// A group of version 2 is bound: the kernel mounts no filesystem of its kind on one.
void show_control_groups(const OwnGroups& own) {
    if (::access(place.c_str(), F_OK) < 0) return;
    if (own.hierarchies == std::vector<std::string>{""} &&
        ::mount((place + own.path).c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0)
        return;
    if (::mount("tmpfs", place.c_str(), "tmpfs", mount_flags, "mode=755,size=64k") < 0)
        base::throw_errno("cannot hide the host's control groups");
    for (const auto& controllers : own.hierarchies)
        if (!controllers.empty()) mount_version_1(controllers);
}

}  // namespace sandgraft::guest
