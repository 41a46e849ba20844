// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace sandgraft::test {

/// A FUSE mount whose daemon is this process, which answers nothing: it hangs, until it is killed. To be made in
/// a mount namespace of the test's own.
class FuseMount {
public:
    enum class For { all, somebody_else };

    static bool is_possible() { return ::access("/dev/fuse", R_OK | W_OK) == 0; }

    explicit FuseMount(std::string point, For users = For::all) : point_(std::move(point)) {
        daemon_ = base::checked(::open("/dev/fuse", O_RDWR | O_CLOEXEC), "cannot open /dev/fuse");
        const std::string options = "fd=" + std::to_string(daemon_.get()) + ",rootmode=40000,user_id=" +
                                    (users == For::all ? "0,group_id=0,allow_other" : "12345,group_id=0");
        if (::mount("test", point_.c_str(), "fuse", 0, options.c_str()) < 0)
            base::throw_errno("cannot mount at " + point_);
    }
    ~FuseMount() { ::umount2(point_.c_str(), MNT_DETACH); }
    FuseMount(const FuseMount&) = delete;
    FuseMount& operator=(const FuseMount&) = delete;

    /// What a mount is whose daemon has ended: each call fails.
    void kill() { daemon_.reset(); }

private:
    std::string point_;
    base::Fd daemon_;
};

/// An indirect automount point with one key, below which a RAM filesystem is mounted. Its daemon, another process, does
/// not answer any more.
class AutomountPoint {
public:
    static bool is_possible() {
        std::ifstream filesystems("/proc/filesystems");
        const std::string all{std::istreambuf_iterator<char>(filesystems), {}};
        return all.find("\tautofs\n") != std::string::npos;
    }

    AutomountPoint(std::string point, const std::string& key) : point_(std::move(point)), requests_(base::make_pipe()) {
        const pid_t daemon = ::fork();
        if (daemon == 0) ::_exit(serve(point_ + "/" + key));
        int status = 0;
        if (daemon < 0 || ::waitpid(daemon, &status, 0) != daemon || status != 0)
            throw std::runtime_error("cannot make an automount point at " + point_);
    }
    ~AutomountPoint() {
        // A lazy unmount of all: nothing below is walked through.
        ::umount2(point_.c_str(), MNT_DETACH);
    }
    AutomountPoint(const AutomountPoint&) = delete;
    AutomountPoint& operator=(const AutomountPoint&) = delete;

private:
    /// The kernel knows the daemon by its process group, which alone may make directories there.
    int serve(const std::string& place) const {
        ::setpgid(0, 0);
        const std::string options = "fd=" + std::to_string(requests_[1].get()) + ",pgrp=" + std::to_string(::getpid()) +
                                    ",minproto=5,maxproto=5,indirect";
        if (::mount("test", point_.c_str(), "autofs", 0, options.c_str()) < 0) return 1;
        if (::mkdir(place.c_str(), 0755) < 0) return 2;
        return ::mount("test", place.c_str(), "tmpfs", 0, nullptr) < 0 ? 3 : 0;
    }

    std::string point_;
    std::array<base::Fd, 2> requests_;
};

}  // namespace sandgraft::test
