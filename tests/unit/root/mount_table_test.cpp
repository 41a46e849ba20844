// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/mount_table.hpp"

#include "support/catch.hpp"

using namespace sandgraft::root;

TEST_CASE("a line of mountinfo has optional tags and escaped paths, and may be malformed") {
    struct {
        const char* line;
        std::vector<MountEntry> entries;
    } const rows[] = {
        {"36 35 98:0 / /mnt rw,noatime - ext3 /dev/root rw", {{36, 35, "/mnt", "ext3"}}},
        {"36 35 98:0 /sub /mnt rw shared:1 master:2 propagate_from:3 - nfs host:/x rw", {{36, 35, "/mnt", "nfs"}}},
        {"1 1 0:1 / /a\\040b\\011c\\012d\\134e rw - tmpfs tmpfs rw", {{1, 1, "/a b\tc\nd\\e", "tmpfs"}}},
        {"1 1 0:1 / /a\\04 rw - tmpfs tmpfs rw", {{1, 1, "/a\\04", "tmpfs"}}},
        {"1 1 0:1 / /a\\089 rw - tmpfs tmpfs rw", {{1, 1, "/a\\089", "tmpfs"}}},
        {"1 1 0:1 / /a rw - fuse.sshfs", {{1, 1, "/a", "fuse.sshfs"}}},
        {"1 1 0:1 / /a rw -", {}},
        {"1 1 0:1 / /a rw tmpfs tmpfs rw", {}},
        {"1 1 0:1 / - tmpfs tmpfs rw", {}},
        {"x 1 0:1 / /a rw - tmpfs tmpfs rw", {}},
        {"1 x 0:1 / /a rw - tmpfs tmpfs rw", {}},
        {"", {}},
    };
    for (const auto& row : rows) {
        INFO(row.line);
        CHECK(parse_mount_table(row.line) == row.entries);
    }
    CHECK(parse_mount_table("1 1 0:1 / / rw - ext4 a rw\nnonsense\n2 1 0:2 / /b rw - ext4 b rw\n").size() == 2);
}
