// SPDX-License-Identifier: LGPL-2.1-or-later
// To be run as root in a mount namespace of its own: it mounts, and looks at what is mounted.
#include "root/silence.hpp"
#include "unit/root/view_root.hpp"

using namespace sandgraft;
using namespace sandgraft::test;
using root::Kind;
using root::View;

TEST_CASE("a view shows the root and cannot be written to") {
    const Root root;
    const auto before = snapshot(root.path);
    const auto traces_before = traces();
    {
        const View view(root.path, {}, guard);
        CHECK(contents(view.path() + "/etc/motd") == "hello");
        CHECK(fs::read_symlink(view.path() + "/var/run") == "../run");
        for (const char* path : {"/etc/motd", "/etc/new", "/new", "/run/new", "/tmp/new"})
            CHECK(error_of_writing(view.path() + path) == EROFS);
        CHECK(::chmod((view.path() + "/etc/motd").c_str(), 0600) < 0);
        CHECK(::unlink((view.path() + "/etc/motd").c_str()) < 0);
        CHECK(fs::is_directory(view.path() + "/.oldroot"));
        CHECK(fs::is_directory(view.path() + "/proc"));
    }
    CHECK(snapshot(root.path) == before);
    CHECK(no_trace_since(traces_before));
}

TEST_CASE("missing targets are in the view only, wherever links lead, in directories as the root has them") {
    const Root root;
    const auto before = snapshot(root.path);
    const std::vector<root::Target> targets = {
        {"/opt/a/b", true},       {"/etc/file", false}, {"/var/run/made/file", false},
        {"/absolute/made", true}, {"/etc/motd", false}, {"/opt/a", true}};
    const View view(root.path, targets, guard);
    CHECK(fs::is_directory(view.path() + "/opt/a/b"));
    CHECK(fs::is_regular_file(view.path() + "/etc/file"));
    CHECK(fs::is_regular_file(view.path() + "/run/made/file"));
    CHECK(fs::is_directory(view.path() + "/etc/made"));
    CHECK(contents(view.path() + "/etc/motd") == "hello");
    CHECK(fs::is_symlink(view.path() + "/var/run"));
    const auto run = status(view.path() + "/run");
    CHECK(run.st_uid == 12);
    CHECK(run.st_gid == 34);
    CHECK((run.st_mode & 07777) == 02750);
    CHECK((status(view.path()).st_mode & 07777) == 0711);
    CHECK(snapshot(root.path) == before);
}

TEST_CASE("a directory around a missing target keeps its access control list") {
    struct Entry {
        std::uint16_t tag, permissions;
        std::uint32_t id;
    };
    struct {
        std::uint32_t version = 2;  // of <linux/posix_acl_xattr.h>
        Entry entries[5] = {{0x01, 7, ~0U}, {0x02, 5, 1000}, {0x04, 0, ~0U}, {0x10, 7, ~0U}, {0x20, 0, ~0U}};
    } list;
    constexpr const char* name = "system.posix_acl_access";
    const Root root;
    REQUIRE(::setxattr((root.path + "/var/lib").c_str(), name, &list, sizeof list, 0) == 0);
    const View view(root.path, {{"/var/lib/new", true}}, guard);
    decltype(list) copied;
    REQUIRE(::getxattr((view.path() + "/var/lib").c_str(), name, &copied, sizeof copied) == sizeof list);
    CHECK(std::memcmp(&copied, &list, sizeof list) == 0);
}

TEST_CASE("submounts are shown read-only, but not those that are hidden or private to a sandbox") {
    Root root;
    root.mount_ram("/var/lib", "shown");
    root.mount_ram("/tmp", "private");
    root.mount_ram("/srv/hidden", "below");
    root.mount_ram("/srv", "above");
    const View view(root.path, {}, guard);
    CHECK(contents(view.path() + "/var/lib/shown") == "shown");
    CHECK(error_of_writing(view.path() + "/var/lib/shown") == EROFS);
    CHECK(error_of_writing(root.path + "/var/lib/shown") == 0);
    CHECK_FALSE(fs::exists(view.path() + "/tmp/private"));
    CHECK(contents(view.path() + "/srv/above") == "above");
    CHECK_FALSE(fs::exists(view.path() + "/srv/hidden"));
}

TEST_CASE("a FUSE mount stops no view, whatever has become of its daemon, and is shown as it is") {
    if (!FuseMount::is_possible()) {
        WARN("skipped: this machine has no /dev/fuse");
        return;
    }
    Root root;
    const std::string point = root.path + "/srv";
    struct {
        const char* what;
        FuseMount::For users;
        bool killed;
        int error;  // of listing it in the view; 0: not tried, it would hang
    } const rows[] = {
        {"hung", FuseMount::For::all, false, 0},
        {"dead", FuseMount::For::all, true, ENOTCONN},
        {"private", FuseMount::For::somebody_else, false, EACCES},
        {"private and dead", FuseMount::For::somebody_else, true, EACCES},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        FuseMount mount(point, row.users);
        if (row.killed) mount.kill();
        const View view(root.path, {{"/opt/new", true}, {"/srv", true}}, guard);
        CHECK(view.warnings().empty());
        CHECK(contents(view.path() + "/etc/motd") == "hello");
        CHECK(is_mount_of("fuse", view.path() + "/srv"));
        CHECK(root::kind_in(root.path, "/srv") == Kind::directory);
        if (row.error != 0) CHECK(root::place_in(root.path, "/srv/x/y") == "/srv/x/y");
        if (row.error == 0) continue;
        CHECK(::open((view.path() + "/srv").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0);
        CHECK(errno == row.error);
    }
}

TEST_CASE("of the mounts that a path leads into those that do not answer are known, and are left out") {
    if (!FuseMount::is_possible()) {
        WARN("skipped: this machine has no /dev/fuse");
        return;
    }
    using Paths = std::vector<std::string>;
    Root root;
    const std::string point = root.path + "/srv";
    const auto silent = [](const Paths& paths) {
        return root::silent_mounts(paths, root::read_mount_table(), std::chrono::milliseconds(100));
    };
    FuseMount mount(point);
    CHECK(silent({point, root.path + "/etc/motd", point + "x/y"}).empty());
    CHECK(silent({root.path + "/etc/motd", point + "/x/y"}) == Paths{point});
    const View view(root.path, {}, guard, {}, {point});
    CHECK(view.warnings() == Paths{"what is mounted at '" + point + "' is not in the sandbox: it does not answer"});
    CHECK(fs::is_directory(view.path() + "/srv/hidden"));
    mount.kill();
    CHECK(silent({point + "/x/y"}).empty());
}

TEST_CASE("what is mounted below a filesystem that may ask others comes along without being walked to") {
    Root root;
    root.mount("/srv", "overlay", "lowerdir=" + root.path + "/srv:" + root.path + "/etc");
    root.mount_ram("/srv/hidden", "below");
    const View view(root.path, {}, guard);
    CHECK(view.warnings().empty());
    CHECK(contents(view.path() + "/srv/motd") == "hello");
    CHECK(contents(view.path() + "/srv/hidden/below") == "below");
    CHECK(error_of_writing(view.path() + "/srv/hidden/below") == EROFS);
}

TEST_CASE("an automount point is left out, and what is mounted below it is named") {
    if (!AutomountPoint::is_possible()) {
        WARN("skipped: this kernel has no autofs");
        return;
    }
    const Root root;
    const AutomountPoint point(root.path + "/srv", "key");
    const View view(root.path, {}, guard);
    CHECK(view.warnings() ==
          std::vector<std::string>{"what is mounted at '" + root.path +
                                   "/srv/key' is not in the sandbox: it is below an automount point"});
    CHECK(fs::is_directory(view.path() + "/srv/hidden"));
    CHECK_FALSE(fs::exists(view.path() + "/srv/key"));
}

TEST_CASE("a mount that cannot be cloned is left out and named") {
    Root root;
    root.mount_ram("/srv", "file");
    root.mount_ram("/var/lib", "shown");
    REQUIRE(::mount(nullptr, (root.path + "/srv").c_str(), nullptr, MS_UNBINDABLE, nullptr) == 0);
    const View view(root.path, {}, guard);
    CHECK(view.warnings() ==
          std::vector<std::string>{"what is mounted at '" + root.path +
                                   "/srv' is not in the sandbox: it cannot be cloned: Invalid argument"});
    CHECK(contents(view.path() + "/var/lib/shown") == "shown");
    CHECK_FALSE(fs::exists(view.path() + "/srv/file"));
}

TEST_CASE("a target that no view can have is an error, and leaves nothing") {
    Root root;
    root.mount_ram("/var/lib", "file");
    const auto before = traces();
    const auto error = [&](const std::string& path) {
        return error_of([&] { const View view(root.path, {{path, true}}, guard); });
    };
    CHECK(error("/var/lib/new") ==
          "the mount target '/var/lib/new' does not exist, and it would lie on another filesystem than the root's");
    CHECK(error("/etc/motd/new") ==
          "the mount target '/etc/motd/new' does not exist, and what is above it is no directory");
    CHECK(error_of([] { const View view("/nonexistent", {}, guard); }) ==
          "cannot open the directory '/nonexistent': No such file or directory");
    CHECK(error_of([&] { const View view(root.path, {}, "/nonexistent"); }) ==
          "cannot execute '/nonexistent', which belongs beside sandgraft-init: No such file or directory");
    CHECK(no_trace_since(before));
}

TEST_CASE("a root may have any name") {
    for (const char* name : {"a b", "a:b", "a,b", "a\\b", "lowerdir=x", "z\xC3\xBCrich", "\\040"}) {
        INFO(name);
        const Root root(name);
        const View view(root.path, {{"/new", true}}, guard);
        CHECK(contents(view.path() + "/etc/motd") == "hello");
        CHECK(fs::is_directory(view.path() + "/new"));
    }
}

TEST_CASE("a view of the directory that views are in does not show its own mounts") {
    const View view("/run", {}, guard);
    const std::string directory = fs::path(view.path()).parent_path();
    CHECK(fs::is_directory(directory + "/skeleton"));
    CHECK(fs::is_empty(view.path() + "/" + fs::path(directory).filename().string()));
}

TEST_CASE("what a killed program leaves is taken away") {
    const Root root;
    const auto before = traces();
    auto [told, tell] = base::make_pipe();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const View view(root.path, {{"/new", true}}, guard);
        base::write_all(tell.get(), view.path(), "pipe");
        tell.reset();
        for (;;) ::pause();
    }
    tell.reset();
    CHECK(fs::is_directory(base::read_all(told.get(), 256, "pipe") + "/new"));
    REQUIRE(::kill(child, SIGKILL) == 0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(no_trace_since(before));
}

TEST_CASE("a view can be made where another process has its mounts, and this one's stay as they are") {
    const Root root;
    const auto before = traces();
    const OtherNamespace other([&] { mount_ram(root.path + "/srv", "theirs"); });
    const auto own = fs::read_symlink("/proc/thread-self/ns/mnt");
    const auto directory = fs::current_path();
    {
        const View view(root.path, {{"/opt/new", true}}, guard, root::MountNamespace::of(other.process()));
        const std::string seen = "/proc/" + std::to_string(other.process()) + "/root" + view.path();
        CHECK(contents(seen + "/etc/motd") == "hello");
        CHECK(contents(seen + "/srv/theirs") == "theirs");
        CHECK(fs::is_directory(seen + "/opt/new"));
        CHECK(error_of_writing(seen + "/srv/theirs") == EROFS);
        CHECK_FALSE(fs::exists(view.path()));
    }
    CHECK(fs::read_symlink("/proc/thread-self/ns/mnt") == own);
    CHECK(fs::current_path() == directory);
    CHECK_FALSE(fs::exists(root.path + "/srv/theirs"));
    CHECK(no_trace_since(before));
}

TEST_CASE("what fails in another process's mounts fails here, and a process that has none is told") {
    const auto before = traces();
    const OtherNamespace other([] {});
    const auto there = root::MountNamespace::of(other.process());
    CHECK(error_of([&] { const View view("/nonexistent", {}, guard, there); }) ==
          "cannot open the directory '/nonexistent': No such file or directory");
    CHECK(error_of([] { root::MountNamespace::of(0); }) ==
          "the process is in a PID namespace that cannot be seen from here");
    CHECK(error_of([] { root::MountNamespace::of(0x7fffffff); }) ==
          "cannot look at the mount namespace of the process 2147483647: No such file or directory");
    int runs = 0;
    const auto thread = ::gettid();
    root::MountNamespace::of(::getpid()).run([&] { runs += ::gettid() == thread ? 1 : 0; });
    CHECK(runs == 1);
    CHECK(no_trace_since(before));
}

TEST_CASE("a path in a root is resolved in this root") {
    const Root root;
    struct {
        const char* path;
        Kind kind;
    } const rows[] = {
        {"/", Kind::directory},
        {"/etc/motd", Kind::other},
        {"/var/run", Kind::directory},
        {"/absolute/motd", Kind::other},
        {"/dangling", Kind::missing},
        {"/etc/motd/x", Kind::missing},
        {"/absolute/passwd", Kind::missing},
        {"/../../etc/motd", Kind::other},
    };
    for (const auto& row : rows) {
        INFO(row.path);
        CHECK(root::kind_in(root.path, row.path) == row.kind);
    }
}

TEST_CASE("a path leads to a place in its root, as far as it exists") {
    const Root root;
    const std::pair<const char*, const char*> rows[] = {
        {"/", "/"},
        {"/etc/motd", "/etc/motd"},
        {"/var/run", "/run"},
        {"/var/run/made/file", "/run/made/file"},
        {"/absolute/made", "/etc/made"},
        {"/dangling", "/nowhere"},
        {"/dangling/below", "/nowhere/below"},
        {"/no/such", "/no/such"},
    };
    for (const auto& [path, place] : rows) {
        INFO(path);
        CHECK(root::place_in(root.path, path) == place);
    }
}

TEST_CASE("what is mounted below a directory is known, wherever links lead") {
    const auto below = [](const std::string& directory) {
        return root::mounts_below(directory, root::read_mount_table());
    };
    Root root;
    CHECK(below(root.path + "/var").empty());
    root.mount_ram("/var/lib", "file");
    root.mount_ram("/tmp", "other");
    const std::vector<std::string> expected = {root.path + "/var/lib"};
    CHECK(below(root.path + "/var") == expected);
    CHECK(below(root.path + "/etc/../var") == expected);
    CHECK(below(root.path + "/var/lib").empty());
    CHECK(below("/").size() >= 2);
}
