// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sandgraft {

/// A directory or file of the host, as the host has it: the permissions and owners stay those of the host. Other
/// filesystems that are mounted below it are not part of it, and StartOptions::on_warning tells so.
struct HostBind {
    std::string path{};  ///< absolute path on the host
    bool operator==(const HostBind&) const = default;
};

/// A directory or file that the sandbox already has, shown at a second place.
struct GuestBind {
    std::string path{};  ///< absolute path in the guest
    bool operator==(const GuestBind&) const = default;
};

/// An empty filesystem in memory, gone when the sandbox stops. Where a sandbox has a limit of memory, those of it have
/// at most half of that together.
struct Ram {
    std::uint64_t bytes = 64 * 1024 * 1024;  ///< the most that it may hold; rounded up to a KiB
    bool operator==(const Ram&) const = default;
};

/// A regular file with the given bytes. The content travels in the sandbox's description, so it is limited to
/// 1 MiB for all files of a sandbox together.
struct File {
    std::string content{};
    std::uint32_t mode = 0644;  ///< permission bits, at most 0777
    std::uint32_t uid = 0;      ///< its owner, by number: the sandbox's files need not know it
    std::uint32_t gid = 0;
    bool operator==(const File&) const = default;
};

/// Hides what is at the target: a directory looks empty, a file looks empty. What does not exist is not an error.
struct Mask {
    bool operator==(const Mask&) const = default;
};

/// One filesystem made visible inside the sandbox.
struct Mount {
    std::string target{};  ///< absolute, normal path in the guest, never "/"
    std::variant<HostBind, GuestBind, Ram, File, Mask> source{};
    bool read_only = false;  ///< a Mask is read-only whatever this says
    bool suid = false;       ///< of a bind: setuid and setgid bits and file capabilities mean something in it
    bool dev = false;        ///< of a bind: device nodes in it can be opened

    bool operator==(const Mount&) const = default;
};

/// Reads one option string, as docker's and podman's --mount has it: comma-separated keys, a comma inside a value
/// written as CSV does, with the whole field in double quotes.
///
///     type=bind,source=/srv/www,target=/var/www[,readonly][,suid][,dev]
///     type=guest-bind,source=/usr/bin/vim,target=/usr/bin/vi[,readonly][,suid][,dev]
///     type=ram,target=/scratch[,size=64M][,readonly]
///     type=file,target=/etc/motd,content=TEXT | base64=BYTES | source=HOSTFILE [,mode=644][,uid=0][,gid=0][,readonly]
///     type=mask,target=/etc/shadow
///
/// The keys src, dst, destination and ro are accepted for source, target and readonly, tmpfs for ram, and
/// =true and =false behind readonly, suid and dev. Slashes at the end of a path are dropped. A host file of a type=file
/// mount is read now; it lends its permission bits, owner and group too, unless a key says otherwise, while a pipe has
/// none to lend. A relative source of a type=bind is taken from the current directory now.
/// @throws Error invalid naming the offending text; not_found or io when HOSTFILE cannot be read.
SANDGRAFT_EXPORT Mount parse_mount(std::string_view option);

/// The option string that parse_mount() reads back as an equal mount.
SANDGRAFT_EXPORT std::string to_option(const Mount& mount);

/// The order in which mounts are made: parents before children, otherwise as given. Each mount in turn is preceded
/// by those, not yet made, whose target it lies in.
SANDGRAFT_EXPORT std::vector<Mount> in_mount_order(std::vector<Mount> mounts);

}  // namespace sandgraft
