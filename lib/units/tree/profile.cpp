// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/tree/profile.hpp"

#include "units/graph/graph_builder.hpp"
#include "units/jobs/transaction.hpp"
#include "units/tree/tree_builder.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

namespace sandgraft::units {

namespace {

/// What the full profile masks, when the root has it and nobody asked for it: it cannot do its work in a sandbox.
constexpr std::string_view masks[] = {
    // The root file system and /etc are the host's, and read-only.
    "systemd-remount-fs.service",
    "systemd-fsck-root.service",
    "systemd-growfs-root.service",
    "systemd-machine-id-commit.service",
    "systemd-update-done.service",
    "systemd-hwdb-update.service",
    "systemd-firstboot.service",
    "systemd-sysext.service",
    "ldconfig.service",
    // So are the disks, the boot loader, the seed, and what the kernel left behind.
    "systemd-repart.service",
    "systemd-boot-update.service",
    "systemd-random-seed.service",
    "systemd-pstore.service",
    "swap.target",
    // The host looks after its packages, file systems, manual pages and logs itself.
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "man-db.timer",
    "logrotate.timer",
};

/// Nor can a sandbox mount any of the kernel's own file systems, in no profile: that takes a right over the host.
constexpr std::string_view unmountable[] = {
    "dev-hugepages.mount",
    "dev-mqueue.mount",
    "proc-sys-fs-binfmt_misc.automount",
    "proc-sys-fs-binfmt_misc.mount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
};

/// What the minimal profile has besides the closure: those of them that the root has, with the units that they require.
constexpr std::string_view minimal[] = {
    "systemd-tmpfiles-clean.service",
    "systemd-tmpfiles-clean.timer",
    "systemd-tmpfiles-setup.service",
    "console-shell.service",
    "halt.service",
    "reboot.service",
    "poweroff.service",
    "basic.target",
    "emergency.service",
    "emergency.target",
    "final.target",
    "getty.target",
    "halt.target",
    "multi-user.target",
    "poweroff.target",
    "reboot.target",
    "rescue.service",
    "rescue.target",
    "shutdown.target",
    "sockets.target",
    "sysinit.target",
};

constexpr std::string_view boot_target = "default.target";

/// Kinds by which a unit needs others to be there: pulled in, triggered, or started when it fails.
constexpr DependencyKind pulling[] = {
    DependencyKind::requires_, DependencyKind::binds_to,   DependencyKind::wants,      DependencyKind::upholds,
    DependencyKind::requisite, DependencyKind::on_success, DependencyKind::on_failure, DependencyKind::triggers,
};
constexpr DependencyKind requiring[] = {DependencyKind::requires_, DependencyKind::binds_to};

/// Units by main name, grown along dependencies.
class Selection {
public:
    explicit Selection(const DependencyGraph& graph) : graph_(graph), chosen_(graph.nodes().size(), false) {}

    void add(NodeId id) {
        if (chosen_[id]) return;
        chosen_[id] = true;
        queue_.push_back(id);
    }

    void follow(std::span<const DependencyKind> kinds) {
        while (!queue_.empty()) {
            const NodeId id = queue_.back();
            queue_.pop_back();
            for (const auto kind : kinds)
                for (const auto& edge : graph_.out(id, kind)) add(edge.to);
        }
    }

    /// Those that there is something to write of.
    [[nodiscard]] std::set<std::string_view> names() const {
        std::set<std::string_view> names;
        for (NodeId id = 0; id < chosen_.size(); ++id) {
            const auto& node = graph_.node(id);
            if (chosen_[id] && node.merged_into == no_node && node.state == UnitState::loaded) names.insert(node.name);
        }
        return names;
    }

private:
    const DependencyGraph& graph_;
    std::vector<bool> chosen_;
    std::vector<NodeId> queue_;
};

DependencyGraph build(Loader& loader, std::span<const std::string> goals, bool container, bool with_minimal) {
    GraphBuilder builder(loader, {.devices = !container, .container = container});
    for (const auto& goal : goals) builder.load(goal);
    if (with_minimal)
        for (const auto name : minimal)
            if (loader.exists(name)) builder.load(name);
    return std::move(builder).finish();
}

/// The goals as main names; what would be replaced by the tree's own default.target is what it stands for.
std::vector<std::string> resolve_goals(Loader& loader, const std::vector<std::string>& goals) {
    if (goals.empty()) throw Error(ErrorCode::invalid, "a unit tree needs at least one unit to boot into");
    std::vector<std::string> names;
    for (const auto& goal : goals) {
        require_startable(goal);
        const auto& unit = loader.load(goal);
        if (unit.state != UnitState::loaded)
            throw Error(unit.state == UnitState::not_found ? ErrorCode::not_found : ErrorCode::refused,
                        "unit " + base::quote(goal) + " is " + to_string(unit.state));
        if (unit.id == boot_target)
            throw Error(ErrorCode::invalid, "default.target is made for the tree and cannot be asked for");
        if (std::find(names.begin(), names.end(), unit.id) == names.end()) names.emplace_back(unit.id);
    }
    return names;
}

std::string boot_target_text(std::span<const std::string> goals, bool default_dependencies) {
    std::string list;
    for (const auto& goal : goals) list.append(list.empty() ? "" : " ").append(goal);
    return "[Unit]\nDescription=What the sandbox was asked for\n" +
           std::string(default_dependencies ? "" : "DefaultDependencies=no\n") + "Requires=" + list +
           "\nAfter=" + list + "\nAllowIsolate=yes\n";
}

bool is_goal(std::span<const std::string> goals, std::string_view name) {
    return std::find(goals.begin(), goals.end(), name) != goals.end();
}

std::set<std::string_view> minimal_selection(const DependencyGraph& graph, std::span<const std::string> goals) {
    std::vector<NodeId> ids;
    for (const auto& goal : goals) ids.push_back(*graph.find(goal));
    Selection closure(graph);
    for (const auto& job : plan(graph, ids, JobMode::replace).jobs)
        if (job.type != JobType::stop) closure.add(job.unit);
    closure.follow(pulling);
    Selection fixed(graph);
    for (const auto name : minimal)
        if (const auto id = graph.find(name)) fixed.add(*id);
    fixed.follow(requiring);
    auto names = closure.names();
    names.merge(fixed.names());
    for (const auto name : unmountable)
        if (!is_goal(goals, name)) names.erase(name);
    return names;
}

UnitTree full_tree(Loader& loader, std::span<const std::string> goals) {
    TreeBuilder tree(loader);
    tree.add_changes();
    for (const auto& rule : {std::span<const std::string_view>(masks), std::span<const std::string_view>(unmountable)})
        for (const auto unit : rule)
            if (loader.exists(unit) && !is_goal(goals, unit)) tree.add_mask(unit);
    tree.add_file(boot_target, boot_target_text(goals, true));
    return std::move(tree).finish(false);
}

UnitTree minimal_tree(Loader& loader, std::span<const std::string> goals, bool container) {
    const auto graph = build(loader, goals, container, true);
    TreeBuilder tree(loader);
    tree.add_units(minimal_selection(graph, goals));
    tree.add_file(boot_target, boot_target_text(goals, true));
    return std::move(tree).finish(true);
}

UnitTree bare_tree(Loader& loader, std::span<const std::string> goals) {
    TreeBuilder tree(loader);
    tree.add_units({goals.begin(), goals.end()});
    for (const auto& goal : goals)
        tree.add_file(goal + ".d/zz-sandgraft-bare.conf", "[Unit]\nDefaultDependencies=no\n");
    tree.add_file(boot_target, boot_target_text(goals, false));
    return std::move(tree).finish(true);
}

Overlay as_overlay(const UnitTree& tree) {
    Overlay overlay;
    for (const auto& entry : tree.entries) {
        const auto slash = entry.path.find('/');
        auto& nodes = slash == std::string::npos ? overlay.units : overlay.directories[entry.path.substr(0, slash)];
        nodes.emplace(entry.path.substr(slash + 1), Overlay::Node{entry.link, entry.content});
    }
    return overlay;
}

/// Boots into the tree on paper: what the profile leaves out may be what a goal cannot do without.
void require_bootable(const Loader& source, const UnitTree& tree, bool container) {
    Loader loader({.root = source.root().directory(),
                   .unit_path = source.unit_path(),
                   .on_disk = !tree.alone,
                   .specifiers = source.specifiers()});
    loader.set_overlay(as_overlay(tree));
    const std::string goal(boot_target);
    const auto graph = build(loader, std::span(&goal, 1), container, false);
    const NodeId id = *graph.find(goal);
    (void)plan(graph, std::span(&id, 1), boot_mode(graph, std::span(&id, 1)));
}

UnitTree choose_tree(Loader& loader, UnitProfile profile, std::span<const std::string> goals, bool container) {
    switch (profile) {
        case UnitProfile::full: return full_tree(loader, goals);
        case UnitProfile::minimal: return minimal_tree(loader, goals, container);
        case UnitProfile::bare: break;
    }
    return bare_tree(loader, goals);
}

}  // namespace

UnitTree make_tree(Loader& loader, UnitProfile profile, const std::vector<std::string>& goals, bool container) {
    auto tree = choose_tree(loader, profile, resolve_goals(loader, goals), container);
    require_bootable(loader, tree, container);
    return tree;
}

}  // namespace sandgraft::units
