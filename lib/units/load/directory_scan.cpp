// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/directory_scan.hpp"

#include "base/fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace sandgraft::units {

namespace {

/// As the kernel writes it for getdents64.
struct KernelEntry {
    std::uint64_t inode;
    std::int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
};

constexpr std::size_t buffer_size = 32 * 1024;

unsigned char type_from_status(int fd, const char* name) {
    struct stat st {};
    if (::fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) return DT_UNKNOWN;
    return static_cast<unsigned char>(IFTODT(st.st_mode));
}

std::string_view link_target(int fd, const char* name, Arena& arena) {
    std::array<char, PATH_MAX> buffer;
    const ssize_t n = ::readlinkat(fd, name, buffer.data(), buffer.size());
    return n <= 0 ? std::string_view{} : arena.store({buffer.data(), static_cast<std::size_t>(n)});
}

DirectoryEntry make_entry(int fd, const char* name, unsigned char type, Arena& arena, LinkTargets targets) {
    using Kind = DirectoryEntry::Kind;
    if (type == DT_UNKNOWN) type = type_from_status(fd, name);
    const std::string_view text(name);
    // With its NUL, so that it can be passed on to system calls.
    const auto kept = arena.store({text.data(), text.size() + 1}).substr(0, text.size());
    switch (type) {
        case DT_REG: return {kept, Kind::file, {}};
        case DT_DIR: return {kept, Kind::directory, {}};
        case DT_LNK:
            return {kept, Kind::link, targets == LinkTargets::skip ? std::string_view{} : link_target(fd, name, arena)};
        default: return {kept, Kind::other, {}};
    }
}

}  // namespace

bool is_hidden_or_backup(std::string_view name) {
    if (name.starts_with('.') || name.ends_with('~') || name == "lost+found" || name == "aquota.user" ||
        name == "aquota.group")
        return true;
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    constexpr std::string_view leftovers[] = {
        "rpmnew",      "rpmsave", "rpmorig", "dpkg-old", "dpkg-new", "dpkg-tmp", "dpkg-dist", "dpkg-bak", "dpkg-backup",
        "dpkg-remove", "ucf-new", "ucf-old", "ucf-dist", "swp",      "bak",      "old",       "new"};
    const auto suffix = name.substr(dot + 1);
    if (suffix.empty()) return false;
    for (const auto leftover : leftovers)
        if (leftover[0] == suffix[0] && leftover == suffix) return true;
    return false;
}

std::vector<DirectoryEntry> read_directory(int fd, Arena& arena, LinkTargets targets) {
    std::vector<DirectoryEntry> entries;
    alignas(KernelEntry) std::array<char, buffer_size> buffer;
    for (;;) {
        const long n = ::syscall(SYS_getdents64, fd, buffer.data(), buffer.size());
        if (n < 0) base::throw_errno("cannot read a directory of the unit path");
        if (n == 0) return entries;
        for (long at = 0; at < n;) {
            const char* const record = buffer.data() + at;
            unsigned short length = 0;
            std::memcpy(&length, record + offsetof(KernelEntry, length), sizeof length);
            const char* const name = record + offsetof(KernelEntry, name);
            const auto type = static_cast<unsigned char>(record[offsetof(KernelEntry, type)]);
            if (!is_hidden_or_backup(name)) entries.push_back(make_entry(fd, name, type, arena, targets));
            at += length;
        }
    }
}

}  // namespace sandgraft::units
