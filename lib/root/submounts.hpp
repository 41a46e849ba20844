// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/mount_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::root {

/// A mount that belongs into a view of a root.
struct Submount {
    std::uint64_t id = 0;
    std::string point;   ///< relative to the root: "/home"
    bool whole = false;  ///< with all that is mounted below it

    bool operator==(const Submount&) const = default;
};

/// A mount that would belong there and cannot be shown.
struct LeftOut {
    std::string point;  ///< relative to the root
    std::string reason;

    bool operator==(const LeftOut&) const = default;
};

struct Submounts {
    std::vector<Submount> shown;  ///< parents before children
    std::vector<LeftOut> left_out;

    bool operator==(const Submounts&) const = default;
};

/// What is mounted strictly below a root, as far as a path reaches it: without what another mount hides, those that
/// libvirt makes anew (/proc, /sys, /dev) or that are private to a sandbox (/run, /tmp, /var/tmp) with all below them,
/// and automount points.
///
/// A filesystem that may have to ask somebody else (FUSE, a network filesystem) is never walked through, since that
/// could take for ever: what is mounted below it is shown together with it or left out.
/// @param mount  the mount that the root is on.
/// @param root   its path without links.
Submounts submounts(const std::vector<MountEntry>& table, std::uint64_t mount, std::string_view root);

/// The mount points strictly below a directory that a path reaches, parents before children.
/// @param mount      the mount that the directory is on.
/// @param directory  its path without links.
std::vector<std::string> points_below(const std::vector<MountEntry>& table, std::uint64_t mount,
                                      std::string_view directory);

}  // namespace sandgraft::root
