// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/submounts.hpp"

#include "support/catch.hpp"

using namespace sandgraft::root;

namespace {

constexpr std::uint64_t root_mount = 1;

/// A mount on the root's own, unless it has another parent.
struct Row {
    std::uint64_t id;
    std::string point;
    std::string type = "ext4";
    std::uint64_t parent = root_mount;
};

std::vector<MountEntry> table(const std::vector<Row>& rows) {
    std::vector<MountEntry> entries = {{root_mount, root_mount, "/", "ext4"}};
    for (const auto& row : rows) entries.push_back({row.id, row.parent, row.point, row.type});
    return entries;
}

}  // namespace

TEST_CASE("the submounts of a root are those below it that a path reaches and a sandbox shall see, parents first") {
    using Shown = std::vector<Submount>;
    struct {
        const char* root;
        std::vector<Row> mounted;
        Shown shown;
    } const rows[] = {
        {"/", {{2, "/home"}, {3, "/srv"}}, {{2, "/home"}, {3, "/srv"}}},
        {"/", {{4, "/a/b/c", "ext4", 3}, {2, "/a"}, {3, "/a/b", "ext4", 2}}, {{2, "/a"}, {3, "/a/b"}, {4, "/a/b/c"}}},
        {"/",
         {{2, "/dev"}, {3, "/dev/shm", "tmpfs", 2}, {4, "/proc"}, {5, "/run/lock"}, {6, "/sys/fs"}, {7, "/tmp"}},
         {}},
        {"/",
         {{2, "/var"}, {3, "/var/tmp", "ext4", 2}, {4, "/var/tmpfiles", "ext4", 2}},
         {{2, "/var"}, {4, "/var/tmpfiles"}}},
        {"/", {{2, "/device"}, {3, "/runtime"}, {4, "/tmp2"}}, {{2, "/device"}, {3, "/runtime"}, {4, "/tmp2"}}},
        {"/srv/root",
         {{2, "/srv/root/usr"}, {3, "/srv/root/proc"}, {4, "/srv/rooted"}, {5, "/srv/root/a/b"}, {6, "/home"}},
         {{2, "/usr"}, {5, "/a/b"}}},
        // stacked: the last one on a point is seen, and nothing on those below it
        {"/", {{2, "/home"}, {3, "/home/me", "ext4", 2}, {4, "/home", "ext4", 2}}, {{4, "/home"}}},
        {"/",
         {{2, "/home"}, {3, "/home", "ext4", 2}, {4, "/home", "ext4", 3}, {5, "/home/me", "ext4", 4}},
         {{4, "/home"}, {5, "/home/me"}}},
        // hidden: a mount above came later
        {"/", {{2, "/srv/hidden"}, {3, "/srv"}}, {{3, "/srv"}}},
        {"/", {{2, "/a/b/c/d"}, {3, "/a/b"}, {4, "/a/b/c/d", "ext4", 3}}, {{3, "/a/b"}, {4, "/a/b/c/d"}}},
        // an automount point is seen once it is covered
        {"/", {{2, "/boot", "autofs"}}, {}},
        {"/", {{2, "/boot", "autofs"}, {3, "/boot", "vfat", 2}}, {{3, "/boot"}}},
        // what may have to ask somebody is not walked through
        {"/", {{2, "/mnt", "fuse.sshfs"}, {3, "/mnt/a", "ext4", 2}, {4, "/mnt/a/b", "ext4", 3}}, {{2, "/mnt", true}}},
        {"/", {{2, "/a"}, {3, "/a/n", "nfs4", 2}}, {{2, "/a"}, {3, "/a/n", true}}},
        {"/", {{2, "/mnt", "never-heard-of"}}, {{2, "/mnt", true}}},
    };
    for (const auto& row : rows) {
        INFO(row.root << " with " << row.mounted.front().point << " and " << row.mounted.size() - 1 << " more");
        const auto found = submounts(table(row.mounted), root_mount, row.root);
        CHECK(found.shown == row.shown);
        CHECK(found.left_out.empty());
    }
}

TEST_CASE("a submount that cannot be shown is named") {
    struct {
        std::vector<Row> mounted;
        Submounts found;
    } const rows[] = {
        {{{2, "/net", "autofs"},
          {3, "/net/key", "nfs4", 2},
          {4, "/net/key/sub", "nfs4", 3},
          {5, "/net/auto", "autofs", 2}},
         {{}, {{"/net/key", "it is below an automount point"}, {"/net/key/sub", "it is below an automount point"}}}},
        {{{2, "/srv", "nfs4"},
          {3, "/srv/auto", "autofs", 2},
          {4, "/srv/data", "ext4", 2},
          {5, "/srv/auto/key", "ext4", 3}},
         {{{2, "/srv", false}},
          {{"/srv/auto/key", "it is below a filesystem of the type nfs4"},
           {"/srv/data", "it is below a filesystem of the type nfs4"}}}},
        {{{2, "/var", "fuse"}, {3, "/var/tmp", "tmpfs", 2}}, {{{2, "/var", false}}, {}}},
        {{{2, "/run", "autofs"}, {3, "/run/key", "ext4", 2}}, {{}, {}}},
    };
    for (const auto& row : rows) {
        INFO(row.mounted.front().point);
        CHECK(submounts(table(row.mounted), root_mount, "/") == row.found);
    }
}

TEST_CASE("ten thousand mounts are sorted out within a second") {
    std::vector<Row> mounted;
    for (std::uint64_t id = 2; id < 10000; ++id) mounted.push_back({id, "/mnt/a/b/c/" + std::to_string(id), "nfs4"});
    CHECK(submounts(table(mounted), root_mount, "/").shown.size() == mounted.size());
}

TEST_CASE("what is mounted below a directory is named as far as a path reaches it") {
    struct {
        const char* directory;
        std::vector<Row> mounted;
        std::vector<std::string> points;
    } const rows[] = {
        {"/srv", {{2, "/srv/a"}, {3, "/srv/a/b", "ext4", 2}, {4, "/srva"}}, {"/srv/a", "/srv/a/b"}},
        {"/srv", {{2, "/srv/a/b"}, {3, "/srv/a"}}, {"/srv/a"}},
        {"/srv", {{2, "/srv/a"}, {3, "/srv/a/b", "ext4", 2}, {4, "/srv/a", "ext4", 2}}, {"/srv/a"}},
        {"/srv", {{2, "/srv/a"}, {3, "/srv"}}, {}},
        {"/", {{2, "/run"}, {3, "/run/lock", "tmpfs", 2}}, {"/run", "/run/lock"}},
    };
    for (const auto& row : rows) {
        INFO(row.directory);
        CHECK(points_below(table(row.mounted), root_mount, row.directory) == row.points);
    }
}
