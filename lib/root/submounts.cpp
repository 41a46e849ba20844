// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/submounts.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace sandgraft::root {

namespace {

using base::is_at_or_below;

constexpr std::array<std::string_view, 6> not_shown = {"/dev", "/proc", "/run", "/sys", "/tmp", "/var/tmp"};

class Selection {
public:
    Selection(const std::vector<MountEntry>& table, std::string_view root)
        : prefix_(root == "/" ? std::string_view{} : root) {
        for (const auto& mount : table)
            if (mount.id != mount.parent && mount.point != "/") children_[mount.parent].push_back(&mount);
    }

    Submounts run(std::uint64_t mount) && {
        show_below(mount);
        return std::move(found_);
    }

    [[nodiscard]] std::vector<std::string> points(std::uint64_t mount) const {
        std::vector<std::string> found;
        for (const auto* child : reachable(mount)) {
            found.push_back(child->point);
            for (auto& point : points(child->id)) found.push_back(std::move(point));
        }
        return found;
    }

private:
    using Mounts = std::vector<const MountEntry*>;

    [[nodiscard]] const Mounts& children(std::uint64_t mount) const {
        static const Mounts none;
        const auto found = children_.find(mount);
        return found == children_.end() ? none : found->second;
    }

    /// Those on one mount that no other one of them hides, each under what covers it.
    [[nodiscard]] Mounts reachable(std::uint64_t mount) const {
        std::set<std::string_view> points;
        for (const auto* child : children(mount)) points.insert(child->point);
        const auto is_hidden = [&](std::string_view point) {
            while (point != "/")
                if (points.contains(point = base::parent_of(point))) return true;
            return false;
        };
        Mounts out;
        for (const auto* child : children(mount))
            if (base::is_below(child->point, prefix_) && !is_hidden(child->point)) out.push_back(cover_of(child));
        return out;
    }

    [[nodiscard]] const MountEntry* cover_of(const MountEntry* mount) const {
        const auto& above = children(mount->id);
        const auto cover =
            std::find_if(above.begin(), above.end(), [&](const auto* child) { return child->point == mount->point; });
        return cover == above.end() ? mount : cover_of(*cover);
    }

    [[nodiscard]] std::string_view in_root(const MountEntry& mount) const {
        return std::string_view(mount.point).substr(prefix_.size());
    }

    [[nodiscard]] bool is_private(const MountEntry& mount) const {
        return std::any_of(not_shown.begin(), not_shown.end(),
                           [&](std::string_view path) { return is_at_or_below(in_root(mount), path); });
    }

    /// Whether something below a mount must not be in a copy of it with all below it.
    [[nodiscard]] bool has_unwanted(const MountEntry& mount) const {
        const auto& below = children(mount.id);
        return std::any_of(below.begin(), below.end(), [&](const auto* child) {
            return child->type == "autofs" || is_private(*child) || has_unwanted(*child);
        });
    }

    void show_below(std::uint64_t mount) {
        for (const auto* child : reachable(mount)) show(*child);
    }

    void show(const MountEntry& mount) {
        if (is_private(mount)) return;
        if (mount.type == "autofs") return leave_out_below(mount, "it is below an automount point");
        const bool whole = !is_local(mount) && !has_unwanted(mount);
        found_.shown.push_back({mount.id, std::string(in_root(mount)), whole});
        if (is_local(mount))
            show_below(mount.id);
        else if (!whole)
            leave_out_below(mount, "it is below a filesystem of the type " + mount.type);
    }

    void leave_out_below(const MountEntry& mount, const std::string& reason) {
        for (const auto* child : reachable(mount.id)) {
            if (is_private(*child)) continue;
            if (child->type != "autofs") found_.left_out.push_back({std::string(in_root(*child)), reason});
            leave_out_below(*child, reason);
        }
    }

    std::map<std::uint64_t, Mounts> children_;
    std::string_view prefix_;
    Submounts found_;
};

}  // namespace

Submounts submounts(const std::vector<MountEntry>& table, std::uint64_t mount, std::string_view root) {
    return Selection(table, root).run(mount);
}

std::vector<std::string> points_below(const std::vector<MountEntry>& table, std::uint64_t mount,
                                      std::string_view directory) {
    return Selection(table, directory).points(mount);
}

}  // namespace sandgraft::root
