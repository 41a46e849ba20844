// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/view.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace sandgraft::root {

namespace {

using base::quote;

/// What libvirt mounts on in every container; ".oldroot" it would else create in the root itself.
constexpr const char* needed_directories[] = {"/.oldroot", "/dev", "/proc", "/run", "/sys", "/tmp"};

base::Fd open_root(const std::string& path) {
    return base::checked(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                         "cannot open the directory " + quote(path));
}

/// An O_PATH descriptor of what a path is in a root; an empty one when there is nothing.
base::Fd find_in(int root, const std::string& path) {
    base::Fd fd = base::open_in(root, path, O_PATH);
    if (!fd && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
        base::throw_errno("cannot examine " + quote(path));
    return fd;
}

struct stat examine(const base::Fd& fd) {
    struct stat st {};
    if (::fstat(fd.get(), &st) < 0) base::throw_errno("cannot examine a file of the root");
    return st;
}

/// What the kernel itself knows of a file's kind: no filesystem is asked, which may not answer. Of a FUSE mount that is
/// not for this user it says nothing, and such a mount is one of a directory.
bool is_directory(const base::Fd& fd) {
    struct statx st {};
    if (::statx(fd.get(), "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, &st) < 0)
        base::throw_errno("cannot examine a file of the root");
    return st.stx_mode == 0 || S_ISDIR(st.stx_mode);
}

/// Not by statx(2), for which a filesystem may refuse all or ask its server.
std::uint64_t mount_id(const base::Fd& fd) {
    constexpr std::size_t largest = 4096;
    constexpr std::string_view name = "mnt_id:";
    const std::string path = "/proc/self/fdinfo/" + std::to_string(fd.get());
    const base::Fd file = base::checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "cannot open " + path);
    const std::string text = base::read_all(file.get(), largest, path);
    for (const auto line : base::split(text, '\n'))
        if (line.starts_with(name))
            if (const auto id = base::parse_u64(line.substr(line.find_last_of(" \t") + 1))) return *id;
    throw Error(ErrorCode::io, path + " names no mount");
}

void mount_tmpfs(const std::string& target) {
    if (::mount("sandgraft", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=700") < 0)
        base::throw_errno("cannot mount a tmpfs at " + quote(target));
    if (::mount(nullptr, target.c_str(), nullptr, MS_PRIVATE, nullptr) < 0)
        base::throw_errno("cannot make the mount at " + quote(target) + " private");
}

void make_directory(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) < 0 && errno != EEXIST) base::throw_errno("cannot create " + quote(path));
}

/// Where there is an access control list, the mode's group bits are its mask: the mode alone would allow more.
void copy_access_list(const base::Fd& from, const std::string& to) {
    constexpr const char* name = "system.posix_acl_access";
    const std::string path = "/proc/self/fd/" + std::to_string(from.get());
    std::array<char, XATTR_SIZE_MAX> list;
    const ssize_t size = ::getxattr(path.c_str(), name, list.data(), list.size());
    if (size < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) return;
    if (size < 0 || ::setxattr(to.c_str(), name, list.data(), static_cast<std::size_t>(size), 0) < 0)
        base::throw_errno("cannot copy the access control list to " + quote(to));
}

/// Makes a directory with the owner, mode and access control list of another one.
void copy_attributes(const base::Fd& from, const std::string& to) {
    const struct stat st = examine(from);
    make_directory(to, 0700);
    if (::chown(to.c_str(), st.st_uid, st.st_gid) < 0 || ::chmod(to.c_str(), st.st_mode & 07777) < 0)
        base::throw_errno("cannot prepare " + quote(to));
    copy_access_list(from, to);
}

/// A detached clone of a mount, or of all at and below it.
base::Fd read_only_clone(const base::Fd& mount, unsigned depth) {
    base::Fd tree =
        base::checked(::open_tree(mount.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | depth),
                      "it cannot be cloned");
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    attributes.propagation = MS_PRIVATE;
    if (::mount_setattr(tree.get(), "", AT_EMPTY_PATH | depth, &attributes, sizeof attributes) < 0)
        base::throw_errno("a clone of it cannot be made read-only");
    return tree;
}

/// Overlayfs separates its layers by colons, and the options by commas.
std::string escape_layer(const std::string& path) {
    std::string out;
    for (const char c : path) {
        if (c == ':' || c == ',' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string place_in(const std::string& root, const std::string& path) {
    const base::Existing found = base::find_existing(open_root(root), path);
    const std::string place = found.path + found.missing;
    return place.empty() ? "/" : place;
}

std::vector<std::string> mounts_below(const std::string& directory, const std::vector<MountEntry>& table) {
    const base::Fd fd = open_root(directory);
    return points_below(table, mount_id(fd), base::real_path(fd));
}

Kind kind_in(const std::string& root, const std::string& path) {
    const base::Fd root_fd = open_root(root);
    const base::Fd fd = find_in(root_fd.get(), path);
    if (!fd) return Kind::missing;
    return is_directory(fd) ? Kind::directory : Kind::other;
}

View::View(const std::string& root, const std::vector<Target>& targets, const std::string& guard,
           const MountNamespace& place, const std::vector<std::string>& silent)
    : guardian_(std::make_unique<Guardian>(guard, place)) {
    place.run([&] { make(root, targets, silent); });
}

void View::make(const std::string& root, const std::vector<Target>& targets, const std::vector<std::string>& silent) {
    root_fd_ = open_root(root);
    root_ = base::real_path(root_fd_);
    const auto mounts = submounts(read_mount_table(), mount_id(root_fd_), root_);  // before ours are among them
    path_ = guardian_->directory() + "/view";
    mount_tmpfs(guardian_->directory());
    make_directory(path_, 0755);
    build_skeleton(targets);
    mount_overlay();
    show(mounts, silent);
}

void View::build_skeleton(const std::vector<Target>& targets) {
    copy_attributes(root_fd_, skeleton());
    for (const char* path : needed_directories) add_target({path, true});
    for (const auto& target : targets) add_target(target);
}

/// Creates a target in the skeleton unless the root has it.
void View::add_target(const Target& target) {
    if (find_in(root_fd_.get(), target.path)) return;
    const auto [fd, place, missing] = base::find_existing(root_fd_, target.path);
    check_parent(target, fd);
    copy_directories(place);
    for (std::size_t end = missing.find('/', 1); end != std::string::npos; end = missing.find('/', end + 1))
        make_directory(skeleton() + place + missing.substr(0, end), 0755);
    const std::string path = skeleton() + place + missing;
    if (target.directory) return make_directory(path, 0755);
    if (::mknod(path.c_str(), S_IFREG | 0644, 0) < 0 && errno != EEXIST)
        base::throw_errno("cannot create " + quote(path));
}

void View::check_parent(const Target& target, const base::Fd& parent) const {
    const std::string what = "the mount target " + quote(target.path) + " does not exist, and ";
    if (!is_directory(parent)) throw Error(ErrorCode::not_found, what + "what is above it is no directory");
    if (mount_id(parent) != mount_id(root_fd_))
        throw Error(ErrorCode::not_found, what + "it would lie on another filesystem than the root's");
}

/// A directory of the upper layer hides the owner and mode of the one below it, so it gets the same.
void View::copy_directories(const std::string& path) const {
    for (std::size_t end = path.find('/', 1); !path.empty(); end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        copy_attributes(find_in(root_fd_.get(), part), skeleton() + part);
        if (end == std::string::npos) return;
    }
}

void View::mount_overlay() {
    const std::string layers = "lowerdir=" + escape_layer(skeleton()) + ":" + escape_layer(root_);
    if (::mount("sandgraft", path_.c_str(), "overlay", MS_RDONLY, layers.c_str()) < 0)
        base::throw_errno("cannot lay an overlay over " + quote(root_));
}

void View::show(const Submounts& mounts, const std::vector<std::string>& silent) {
    const base::Fd view = open_root(path_);
    const auto is_silent = [&](const Submount& mount) {
        return std::any_of(silent.begin(), silent.end(),
                           [&](const auto& point) { return base::is_at_or_below(on_host(mount.point), point); });
    };
    for (const auto& mount : mounts.shown) {
        try {
            if (is_silent(mount)) throw Error(ErrorCode::io, "it does not answer");
            attach(mount, view);
        } catch (const Error& error) {
            leave_out(mount.point, error.what());
        }
    }
    for (const auto& mount : mounts.left_out) leave_out(mount.point, mount.reason);
}

/// Paths in the view are resolved beneath it: a user who owns a directory above a mount could put a link there now.
void View::attach(const Submount& mount, const base::Fd& view) const {
    const base::Fd fd = find_in(root_fd_.get(), mount.point);
    if (!fd || mount_id(fd) != mount.id) return;  // unmounted or hidden meanwhile
    const base::Fd tree = read_only_clone(fd, mount.whole ? AT_RECURSIVE : 0);
    const base::Fd place = find_in(view.get(), mount.point);
    if (!place || ::move_mount(tree.get(), "", place.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        base::throw_errno("it cannot be attached");
}

void View::leave_out(const std::string& point, const std::string& reason) {
    warnings_.push_back("what is mounted at " + quote(on_host(point)) + " is not in the sandbox: " + reason);
}

}  // namespace sandgraft::root
