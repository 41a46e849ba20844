// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace sandgraft::test {

/// What a file of a process in /proc says; empty when it has gone.
inline std::string of_process(pid_t process, const char* file) {
    const base::Fd in(::open(("/proc/" + std::to_string(process) + "/" + file).c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(4096, '\0');
    const ssize_t n = ::read(in.get(), text.data(), text.size());
    text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return text;
}

inline bool is_number(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

inline std::vector<pid_t> all_processes() {
    std::vector<pid_t> found;
    if (DIR* proc = ::opendir("/proc")) {
        while (const dirent* entry = ::readdir(proc))
            if (is_number(entry->d_name)) found.push_back(std::stoi(entry->d_name));
        ::closedir(proc);
    }
    return found;
}

/// A process of this machine, zombies aside, by its name, which may be a part of it, and one of its arguments.
inline std::optional<pid_t> find_process(const std::string& name, const std::string& argument) {
    const std::string wanted = std::string(1, '\0') + argument + std::string(1, '\0');
    for (const pid_t process : all_processes())
        if (of_process(process, "comm").starts_with(name.substr(0, 15)) &&
            of_process(process, "cmdline").find(wanted) != std::string::npos)
            return process;
    return std::nullopt;
}

/// libvirt's controller of a container.
inline std::optional<pid_t> controller_of(const std::string& domain) { return find_process("libvirt_lxc", domain); }

/// The first process of a sandbox, once it is Sandgraft's own program.
inline std::optional<pid_t> init_of(const std::string& domain) {
    const auto controller = controller_of(domain);
    if (!controller) return std::nullopt;
    for (const pid_t process : all_processes()) {
        std::istringstream status(of_process(process, "stat"));
        std::string number, name, state;
        pid_t parent = 0;
        if (status >> number >> name >> state >> parent && parent == *controller && name == "(sandgraft-init)")
            return process;
    }
    return std::nullopt;
}

}  // namespace sandgraft::test
