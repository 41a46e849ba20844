// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/mount_table.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <algorithm>
#include <array>
#include <optional>

namespace sandgraft::root {

namespace {

/// The filesystems that look up a name by themselves. Any other may ask a daemon or a server.
constexpr std::array<std::string_view, 34> local_types = {
    "bcachefs", "binfmt_misc", "bpf",    "btrfs", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
    "devtmpfs", "efivarfs",    "erofs",  "exfat", "ext2",   "ext3",    "ext4",     "f2fs",    "hugetlbfs",
    "iso9660",  "jfs",         "mqueue", "msdos", "ntfs3",  "proc",    "pstore",   "ramfs",   "securityfs",
    "squashfs", "sysfs",       "tmpfs",  "udf",   "vfat",   "xfs",     "zfs"};

constexpr std::size_t largest_mount_table = 16 * 1024 * 1024;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// The kernel writes blanks, newlines and backslashes as \ooo.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '\\' && i + 3 < text.size() &&
                             std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                         text.begin() + static_cast<std::ptrdiff_t>(i) + 4, is_octal);
        if (!escaped) {
            out += text[i];
            continue;
        }
        out += static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0'));
        i += 3;
    }
    return out;
}

/// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
std::optional<MountEntry> parse_line(std::string_view line) {
    const auto fields = base::split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 2) return std::nullopt;
    const auto id = base::parse_u64(fields[0]);
    const auto parent = base::parse_u64(fields[1]);
    if (!id || !parent) return std::nullopt;
    return MountEntry{*id, *parent, unescape(fields[4]), std::string(dash[1])};
}

}  // namespace

std::vector<MountEntry> read_mount_table() {
    constexpr const char* path = "/proc/thread-self/mountinfo";
    const base::Fd fd = base::checked(::open(path, O_RDONLY | O_CLOEXEC), std::string("cannot open ") + path);
    return parse_mount_table(base::read_all(fd.get(), largest_mount_table, path));
}

std::vector<MountEntry> parse_mount_table(std::string_view mountinfo) {
    std::vector<MountEntry> table;
    for (const auto line : base::split(mountinfo, '\n'))
        if (auto entry = parse_line(line)) table.push_back(std::move(*entry));
    return table;
}

bool is_local(const MountEntry& mount) {
    return std::find(local_types.begin(), local_types.end(), mount.type) != local_types.end();
}

}  // namespace sandgraft::root
