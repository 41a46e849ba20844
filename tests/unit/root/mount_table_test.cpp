// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/mount_table.hpp"

#include "support/catch.hpp"

using namespace sandgraft::root;

namespace {

std::vector<std::string> points(const std::vector<MountEntry>& entries) {
    std::vector<std::string> out;
    for (const auto& entry : entries) out.push_back(entry.point);
    return out;
}

std::vector<MountEntry> table(const std::vector<std::string>& mount_points) {
    std::vector<MountEntry> entries;
    for (const auto& point : mount_points) entries.push_back({entries.size() + 1, point, "ext4"});
    return entries;
}

}  // namespace

TEST_CASE("a line of mountinfo has optional tags and escaped paths, and may be malformed") {
    struct {
        const char* line;
        std::vector<MountEntry> entries;
    } const rows[] = {
        {"36 35 98:0 / /mnt rw,noatime - ext3 /dev/root rw", {{36, "/mnt", "ext3"}}},
        {"36 35 98:0 /sub /mnt rw shared:1 master:2 propagate_from:3 - nfs host:/x rw", {{36, "/mnt", "nfs"}}},
        {"1 1 0:1 / /a\\040b\\011c\\012d\\134e rw - tmpfs tmpfs rw", {{1, "/a b\tc\nd\\e", "tmpfs"}}},
        {"1 1 0:1 / /a\\04 rw - tmpfs tmpfs rw", {{1, "/a\\04", "tmpfs"}}},
        {"1 1 0:1 / /a\\089 rw - tmpfs tmpfs rw", {{1, "/a\\089", "tmpfs"}}},
        {"1 1 0:1 / /a rw - fuse.sshfs", {{1, "/a", "fuse.sshfs"}}},
        {"1 1 0:1 / /a rw -", {}},
        {"1 1 0:1 / /a rw tmpfs tmpfs rw", {}},
        {"1 1 0:1 / - tmpfs tmpfs rw", {}},
        {"x 1 0:1 / /a rw - tmpfs tmpfs rw", {}},
        {"", {}},
    };
    for (const auto& row : rows) {
        INFO(row.line);
        CHECK(parse_mount_table(row.line) == row.entries);
    }
    CHECK(parse_mount_table("1 1 0:1 / / rw - ext4 a rw\nnonsense\n2 1 0:2 / /b rw - ext4 b rw\n").size() == 2);
}

TEST_CASE("the submounts of a root are those below it that a sandbox shall see, parents first") {
    using Points = std::vector<std::string>;
    struct {
        const char* root;
        Points mounted;
        Points shown;
    } const rows[] = {
        {"/", {"/", "/home", "/srv"}, {"/home", "/srv"}},
        {"/", {"/a/b/c", "/a", "/a/b"}, {"/a", "/a/b", "/a/b/c"}},
        {"/", {"/dev", "/dev/shm", "/proc", "/run", "/run/lock", "/sys/fs", "/tmp", "/tmp/x", "/var/tmp"}, {}},
        {"/",
         {"/device", "/processes", "/runtime", "/temp", "/tmp2", "/var/tmpfiles"},
         {"/device", "/processes", "/runtime", "/temp", "/tmp2", "/var/tmpfiles"}},
        {"/srv/root",
         {"/", "/srv", "/srv/root", "/srv/root/usr", "/srv/root/proc", "/srv/rooted", "/srv/root/a/b"},
         {"/usr", "/a/b"}},
        {"/", {"/home", "/home"}, {"/home", "/home"}},
    };
    for (const auto& row : rows) {
        INFO(row.root);
        CHECK(points(submounts(table(row.mounted), row.root)) == row.shown);
    }
    CHECK(submounts({{1, "/net", "autofs"}}, "/").empty());
    CHECK(submounts({{7, "/srv/root/usr", "xfs"}}, "/srv/root") == std::vector<MountEntry>{{7, "/usr", "xfs"}});
}
