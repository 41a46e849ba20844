// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandgraft::wire {

/// What sandgraft-init has to know, as it travels inside the domain document. Host and init are of one version;
/// an init that finds another version refuses to start.
struct GuestConfig {
    enum class MountKind : char {
        host = 'h',         ///< already mounted by the hypervisor; moved above what init mounts on a parent of it
        ram = 'r',          ///< likewise
        bind = 'b',         ///< made by init of what the sandbox has elsewhere at that point of the order
        file = 'f',         ///< written by init
        mask = 'm',         ///< made by init; must not fail when the target is missing
        private_tmp = 't',  ///< an empty tmpfs of mode 1777 made by init when the target is a directory
    };

    struct Mount {
        MountKind kind{};
        std::string target;
        bool read_only = false;
        std::uint32_t mode = 0;  ///< of a file
        std::string content;     ///< of a file; of a bind the absolute path of its source

        bool operator==(const Mount&) const = default;
    };

    std::string user;  ///< NAME, UID or UID:GID
    bool privileged = false;
    bool terminal = false;
    std::string directory;
    std::vector<std::string> argv;
    std::vector<std::string> environment;  ///< K=V
    std::vector<Mount> mounts;             ///< in mount order

    bool operator==(const GuestConfig&) const = default;
};

/// Printable ASCII without blanks or characters that XML escapes: a version, then KEY=VALUE fields, separated by
/// semicolons; other bytes percent-encoded, file contents in base64.
std::string encode(const GuestConfig& config);

/// @throws Error invalid naming the field; also when a field is missing, unknown or there is no command.
GuestConfig decode_guest_config(std::string_view text);

/// The environment variables that carry an encoded configuration, each short enough for execve(2)
/// (MAX_ARG_STRLEN, 128 KiB): SANDGRAFT_CONFIG, SANDGRAFT_CONFIG_1, ...
std::vector<std::pair<std::string, std::string>> to_environment(std::string_view encoded);

/// The encoded configuration found in an environment; an Error invalid when there is none.
std::string from_environment(const char* const* environment);

}  // namespace sandgraft::wire
