// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "root/guardian.hpp"
#include "root/mount_table.hpp"
#include "root/submounts.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::root {

/// A place on which a sandbox mounts something.
struct Target {
    std::string path;  ///< absolute, in the root
    bool directory = true;
};

/// A directory of the host as a sandbox shall see it as its "/": read-only by the host's doing, with its visible
/// submounts, and with mount targets that the directory itself lacks. It has to exist only while libvirt starts a
/// sandbox, which then holds its own copy of the mounts. Nothing is ever written to the root.
///
/// No submount can stop it: one that cannot be shown is left out, and no filesystem below the root that has to ask a
/// daemon or a server is asked for anything.
///
/// How: a read-only overlayfs of two layers, a skeleton in memory over the root, and clones of the submounts made
/// read-only with mount_setattr(2) (Linux 5.12), all below one directory in /run that a Guardian takes away.
class View {
public:
    /// @param guard  the path of sandgraft-guard, see Guardian.
    /// @param place  where the root is, and where the view is to be seen.
    /// @param silent the mount points of what does not answer, and is to be left out.
    /// @throws Error denied or io when this process may not mount or the root's filesystem cannot be a layer;
    ///         not_found when a target is missing on a submount, where no skeleton reaches, or the guard is.
    View(const std::string& root, const std::vector<Target>& targets, const std::string& guard,
         const MountNamespace& place = {}, const std::vector<std::string>& silent = {});

    /// Where it is mounted.
    [[nodiscard]] const std::string& path() const { return path_; }

    /// To be handed to whoever mounts it: the view stays as long as any copy of this descriptor is open, also when this
    /// process has been killed.
    [[nodiscard]] int lease() const { return guardian_->lease(); }

    /// A line for each mount that was left out, with the reason.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

private:
    void make(const std::string& root, const std::vector<Target>& targets, const std::vector<std::string>& silent);
    void build_skeleton(const std::vector<Target>& targets);
    void add_target(const Target& target);
    void check_parent(const Target& target, const base::Fd& parent) const;
    void copy_directories(const std::string& path) const;
    [[nodiscard]] std::string skeleton() const { return guardian_->directory() + "/skeleton"; }
    void mount_overlay();
    void show(const Submounts& mounts, const std::vector<std::string>& silent);
    [[nodiscard]] std::string on_host(const std::string& point) const { return (root_ == "/" ? "" : root_) + point; }
    void attach(const Submount& mount, const base::Fd& view) const;
    void leave_out(const std::string& point, const std::string& reason);

    std::string root_;
    base::Fd root_fd_;
    std::unique_ptr<Guardian> guardian_;
    std::string path_;
    std::vector<std::string> warnings_;
};

/// Where a path of a root leads, symlinks resolved beneath it as far as it exists: "/var/run/x" is "/run/x".
std::string place_in(const std::string& root, const std::string& path);

/// What is mounted below a directory of the host, as far as a path reaches it.
std::vector<std::string> mounts_below(const std::string& directory, const std::vector<MountEntry>& table);

/// Whether a path exists in a directory taken as the root, symlinks resolved beneath it, and is a directory.
enum class Kind { missing, directory, other };
Kind kind_in(const std::string& root, const std::string& path);

}  // namespace sandgraft::root
