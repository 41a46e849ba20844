// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/control_groups.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>

namespace sandgraft::guest {

namespace {

const std::string place = "/sys/fs/cgroup";
constexpr unsigned long mount_flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
constexpr std::size_t largest_memberships = 64 * 1024;
constexpr std::string_view named = "name=";
constexpr std::string_view systemds = "name=systemd";
const std::string inner_name = "/sandgraft";

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

/// Where a hierarchy is mounted.
std::string directory_of(std::string_view controllers) {
    if (controllers.empty()) return place;
    return place + "/" + std::string(controllers.substr(controllers.starts_with(named) ? named.size() : 0));
}

/// Those below a group, deepest first, that nobody is in.
void remove_empty_groups(const std::string& group) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(group.c_str()), ::closedir);
    if (!directory) return;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        if (entry->d_type == DT_DIR && name != "." && name != "..") remove_empty_groups(group + "/" + entry->d_name);
    }
    ::rmdir(group.c_str());
}

void remove_left_groups(const std::string& group, std::string_view prefix) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(group.c_str()), ::closedir);
    if (!directory) return;
    while (const dirent* entry = ::readdir(directory.get()))
        if (std::string_view(entry->d_name).starts_with(prefix)) remove_empty_groups(group + "/" + entry->d_name);
}

/// A new group of cpuset has no processors and takes nobody.
void inherit_processors(const std::string& group, const std::string& inner) {
    constexpr std::size_t longest = 4096;
    for (const char* file : {"/cpuset.cpus", "/cpuset.mems"})
        if (::access((group + file).c_str(), R_OK) == 0)
            (void)write_if_possible(inner + file, base::read_file(group + file, longest));
}

/// @return whether this process is in it now.
bool enter_group(const std::string& group, const std::string& inner) {
    if (::mkdir(inner.c_str(), 0755) < 0 && errno != EEXIST) return false;
    inherit_processors(group, inner);
    return write_if_possible(inner + "/cgroup.procs", "0");
}

std::string host_name() {
    std::array<char, 65> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

/// A hierarchy that the hypervisor has no group in is systemd's, for it alone. Another start may take the new group for
/// a left one.
bool enter_systemds_group(const std::string& group) {
    constexpr std::string_view prefix = "/sandgraft-";
    constexpr int most_tries = 100;
    remove_left_groups(group, prefix.substr(1));
    const std::string inner = group + std::string(prefix) + host_name();
    for (int i = 0; i < most_tries; ++i)
        if (enter_group(group, inner)) return true;
    return false;
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

OwnGroups enter_inner_groups(std::string_view memberships) {
    const auto groups = parse(memberships);
    const auto own = own_group(groups);
    OwnGroups inner;
    for (const auto& [controllers, path] : groups) {
        const bool is_own = path == own && own != "/";
        const auto group = directory_of(controllers) + std::string(path == "/" ? "" : path);
        if (is_own ? !enter_group(group, group + inner_name) : controllers != systemds || !enter_systemds_group(group))
            continue;
        inner.hierarchies.emplace_back(controllers);
        if (controllers.empty()) inner.path = std::string(path) + inner_name;
    }
    return inner;
}

OwnGroups enter_inner_groups() { return enter_inner_groups(base::read_file("/proc/self/cgroup", largest_memberships)); }

std::vector<std::string> shown_groups(const OwnGroups& own) {
    std::vector<std::string> places;
    for (const auto& controllers : own.hierarchies) places.push_back(directory_of(controllers));
    return places;
}

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
