// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "root/view.hpp"

#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/foreign_mounts.hpp"
#include "support/temp_tree.hpp"
#include "support/traces.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>

namespace sandgraft::test {

namespace fs = std::filesystem;

inline const std::string guard = SANDGRAFT_GUARD;

/// A RAM filesystem with one file, which contains its name.
inline void mount_ram(const std::string& point, const std::string& file) {
    REQUIRE(::mount("test", point.c_str(), "tmpfs", 0, nullptr) == 0);
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
    base::write_all(base::checked(::open((point + "/" + file).c_str(), flags, 0644), file).get(), file, file);
}

/// A process in a mount namespace of its own, where it has done something.
class OtherNamespace {
public:
    template <class Action>
    explicit OtherNamespace(Action&& action) {
        auto [told, tell] = base::make_pipe();
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ == 0) {
            if (::unshare(CLONE_NEWNS) < 0) ::_exit(1);
            action();
            base::write_all(tell.get(), "x", "pipe");
            tell.reset();
            for (;;) ::pause();
        }
        tell.reset();
        REQUIRE(base::read_all(told.get(), 1, "pipe") == "x");
    }
    ~OtherNamespace() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    OtherNamespace(const OtherNamespace&) = delete;
    OtherNamespace& operator=(const OtherNamespace&) = delete;

    [[nodiscard]] pid_t process() const { return process_; }

private:
    pid_t process_;
};

/// A root with a file, links, and a directory of somebody else's; unmounted when it goes.
class Root {
public:
    explicit Root(const std::string& name = "root") : path(tree_.at(name)) {
        tree_.file(name + "/etc/motd", "hello");
        tree_.directory(name + "/run");
        tree_.directory(name + "/var/lib");
        tree_.directory(name + "/srv/hidden");
        tree_.directory(name + "/tmp");
        tree_.link(name + "/var/run", "../run");
        tree_.link(name + "/absolute", "/etc");
        tree_.link(name + "/dangling", "nowhere");
        REQUIRE(::chown((path + "/run").c_str(), 12, 34) == 0);
        REQUIRE(::chmod((path + "/run").c_str(), 02750) == 0);
        REQUIRE(::chmod(path.c_str(), 0711) == 0);
    }
    ~Root() {
        std::for_each(mounted_.rbegin(), mounted_.rend(), [](const auto& point) { ::umount(point.c_str()); });
    }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;

    void mount(const std::string& point, const char* type, const std::string& options = {}) {
        mounted_.push_back(path + point);
        REQUIRE(::mount("test", mounted_.back().c_str(), type, 0, options.c_str()) == 0);
    }

    void mount_ram(const std::string& point, const std::string& file) {
        mounted_.push_back(path + point);
        test::mount_ram(mounted_.back(), file);
    }

private:
    test::TempTree tree_;
    std::vector<std::string> mounted_;

public:
    const std::string path;
};

inline struct stat status(const std::string& path) {
    struct stat st {};
    INFO(path);
    REQUIRE(::lstat(path.c_str(), &st) == 0);
    return st;
}

/// Every file of a tree, with whatever would show that it was touched.
inline std::map<std::string, std::string> snapshot(const std::string& root) {
    std::map<std::string, std::string> files;
    const auto note = [&](const std::string& path) {
        const auto st = status(path);
        for (const auto number :
             {static_cast<long>(st.st_ino), static_cast<long>(st.st_mode), static_cast<long>(st.st_uid),
              static_cast<long>(st.st_nlink), static_cast<long>(st.st_size), st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
              st.st_ctim.tv_sec, st.st_ctim.tv_nsec})
            files[path] += std::to_string(number) + " ";
    };
    note(root);
    for (const auto& entry : fs::recursive_directory_iterator(root)) note(entry.path());
    return files;
}

inline std::string contents(const std::string& path) { return base::read_file(path, 1 << 20); }

inline bool is_mount_of(const std::string& type, const std::string& point) {
    const auto table = root::read_mount_table();
    return std::any_of(table.begin(), table.end(),
                       [&](const auto& mount) { return mount.point == point && mount.type == type; });
}

inline int error_of_writing(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) ::close(fd);
    return fd >= 0 ? 0 : errno;
}

}  // namespace sandgraft::test
