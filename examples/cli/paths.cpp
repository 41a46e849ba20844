// SPDX-License-Identifier: LGPL-2.1-or-later
#include "paths.hpp"

#include "command.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace cli {

namespace {

namespace fs = std::filesystem;

struct stat status_of(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) < 0) throw std::system_error(errno, std::generic_category(), "'" + path + "'");
    return st;
}

std::string owner_of(const struct stat& st) { return std::to_string(st.st_uid) + ":" + std::to_string(st.st_gid); }

/// Whether root can write in a directory, or to a file, by its permission bits alone.
bool root_can_write(const struct stat& st) {
    if (st.st_uid == 0) return (st.st_mode & S_IWUSR) != 0;
    return (st.st_mode & (st.st_gid == 0 ? S_IWGRP : S_IWOTH)) != 0;
}

/// The path of `inner` in `outer`; empty when it is not in it.
fs::path below(const fs::path& inner, const fs::path& outer) {
    auto relative = inner.lexically_relative(outer);
    return !relative.empty() && *relative.begin() == ".." ? fs::path() : relative;
}

}  // namespace

sandgraft::Mount parse_volume(const std::string& text) {
    const auto refuse = [&](const std::string& why) { throw UsageError("the volume '" + text + "' " + why); };
    const auto first = text.find(':');
    const auto second = first == std::string::npos ? first : text.find(':', first + 1);
    if (first == std::string::npos || first == 0 || first + 1 == std::min(second, text.size()))
        refuse("is not SOURCE:TARGET or SOURCE:TARGET:ro");
    const auto source = text.substr(0, first);
    const auto how = second == std::string::npos ? "rw" : text.substr(second + 1);
    if (how != "ro" && how != "rw") refuse("ends in '" + how + "', which is not ro or rw");
    if (source.find('/') == std::string::npos && source != "." && source != "..")
        refuse("names no directory: there are no named volumes; write './" + source + "' for one of here");
    return sandgraft::parse_mount(
        sandgraft::to_option({text.substr(first + 1, second - first - 1), sandgraft::HostBind{source}, how == "ro"}));
}

std::string path_from_here(const std::string& text) {
    if (text.empty()) return text;
    std::string path = text.front() == '/' ? text : (fs::current_path() / text).lexically_normal().string();
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

std::string working_directory(const std::string& text, const std::vector<sandgraft::Mount>& mounts) {
    if (text.empty() || text.front() == '/') return text;
    const fs::path here = path_from_here(text);
    std::size_t longest = 0;
    fs::path found;
    for (const auto& mount : mounts) {
        const auto* bind = std::get_if<sandgraft::HostBind>(&mount.source);
        if (bind == nullptr || bind->path.size() <= longest) continue;
        const auto inside = below(here, bind->path);
        if (inside.empty()) continue;
        longest = bind->path.size();
        found = inside == "." ? fs::path(mount.target) : mount.target / inside;
    }
    if (!found.empty()) return found.string();
    throw UsageError("the working directory '" + text + "' is relative, and no mount shows '" + here.string() +
                     "'; add -v " + here.string() + ":" + here.string() + " or give an absolute path in the sandbox");
}

std::string resolve_user(const std::string& text) {
    return text.starts_with('@') ? owner_of(status_of(text.substr(1))) : text;
}

std::string root_hint(const sandgraft::Sandbox& sandbox) {
    if (::geteuid() != 0 || sandbox.privileged || !sandbox.user.empty()) return {};
    for (const auto& mount : sandbox.mounts) {
        const auto* bind = std::get_if<sandgraft::HostBind>(&mount.source);
        struct stat st {};
        if (bind == nullptr || mount.read_only || ::stat(bind->path.c_str(), &st) < 0 || root_can_write(st)) continue;
        return "root has no capability inside and cannot write to '" + bind->path + "', which belongs to " +
               owner_of(st) + "; '-u @" + bind->path + "' runs the command as its owner";
    }
    return {};
}

}  // namespace cli
