// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/graph/dependency_graph.hpp"
#include "units/load/loader.hpp"
#include "units/settings/unit_settings.hpp"

#include <array>
#include <initializer_list>
#include <map>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// What dependencies depend on besides the unit files.
struct Environment {
    bool devices = true;          ///< udev runs: paths below /dev and /sys become device units
    bool container = false;       ///< swap units lose their default dependencies
    bool unified_cgroups = true;  ///< cgroup v2 alone: what ManagedOOMSwap= and its relative need
};

/// Loads units as systemd's manager does, following every reference, and collects what each one states or implies.
/// The implementation is spread over graph_builder*.cpp, by subject.
class GraphBuilder {
public:
    explicit GraphBuilder(Loader& loader, Environment environment = {});

    /// Asks for a unit and everything that it refers to.
    /// @throws Error invalid when the name is not that of a loadable unit.
    void load(std::string_view name);

    /// Loads what was asked for.
    DependencyGraph finish() &&;

private:
    using Settings = UnitSettings;
    using Relations = std::initializer_list<Relation>;

    // graph_builder.cpp: names, the load queue, edges
    NodeId refer(std::string_view name);
    [[nodiscard]] NodeId refer_known(std::string_view name) const;
    NodeId new_node(std::string_view name);
    void add_perpetual();
    void run_queue();
    void load_node(NodeId id);
    NodeId resolve(NodeId id) const;
    bool adopt_names(NodeId id, const Unit& unit);
    void merge(NodeId alias, NodeId into);
    void refuse(NodeId id, std::string_view reason, UnitState state = UnitState::bad_setting);
    void add(NodeId from, Relation relation, NodeId to, OriginSet origin);
    void add(NodeId from, Relations relations, NodeId to, OriginSet origin);
    void add(NodeId from, Relations relations, std::string_view to, Origin origin);
    bool allowed(Relation relation, NodeId from, NodeId to) const;
    void finish_edges();

    // graph_builder_common.cpp: what all types share
    void add_stated(NodeId id, const Settings& settings);
    void add_names(NodeId id, Relation relation, std::string_view value, std::string_view suffix = {});
    void add_name(NodeId id, Relation relation, std::string_view name);
    std::string expand_template(NodeId id, std::string_view name) const;
    std::optional<std::string> expand_path(NodeId id, std::string_view text) const;
    void add_common(NodeId id, const Settings& settings);
    void take_slice(NodeId id, const Settings& settings);
    void set_slice(NodeId id, NodeId slice);
    void complete_slice(NodeId id, bool extrinsic);
    std::string default_slice(NodeId id, bool extrinsic) const;
    void add_slice(NodeId id);
    [[nodiscard]] bool has_several(DependencyKind kind) const;
    void add_oomd(NodeId id, const Settings& settings);
    [[nodiscard]] bool takes_defaults(NodeId id) const;
    [[nodiscard]] std::vector<Edge> target_requirements() const;
    void add_target_orderings();
    void add_shutdown(NodeId id);
    void add_device(NodeId id, std::string_view path, Relation relation, Origin origin);

    // graph_builder_paths.cpp: RequiresMountsFor= and its relatives
    struct PathInfo {
        std::string_view text;
        std::uint32_t parent;
        NodeId mount;                    ///< no_node until asked for, or when the path has no unit name
        NodeId required_by;              ///< the latest unit that needs this path itself
        std::pmr::vector<NodeId> users;  ///< units that need this path or one below it
    };
    struct RequiredPath {
        std::uint32_t path;
        Origin origin;
    };
    std::uint32_t path_id(std::string_view path);
    void require_mounts_for(NodeId id, std::string_view path, Origin origin);
    void require_each_mount(NodeId id, std::span<const std::string_view> values);
    bool has_fragment(NodeId id) const;
    NodeId mount_of(std::uint32_t path);
    void need_mount(NodeId id, NodeId mount, Origin origin);
    void add_mounts(NodeId id);
    void offer_mount(NodeId mount, std::string_view where);

    // graph_builder_exec.cpp: the execution environment
    void add_exec(NodeId id, const Settings& settings);
    void add_directories(NodeId id, const Settings& settings);
    void add_private_tmp(NodeId id);
    void add_loop_modules(NodeId id, const Settings& settings);
    void add_journal(NodeId id, const Settings& settings);

    // graph_builder_types.cpp and graph_builder_mount.cpp: one unit type each
    void add_type(NodeId id, const Settings& settings);
    bool take_bus_name(NodeId id, const Settings& settings);
    void add_service(NodeId id, const Settings& settings);
    std::vector<Listen> listens_of(NodeId id, const Settings& settings);
    void add_socket(NodeId id, const Settings& settings);
    void add_timer(NodeId id, const Settings& settings);
    void add_path_unit(NodeId id, const Settings& settings);
    void add_trigger(NodeId id, const Settings& settings);
    void add_slice_unit(NodeId id);
    void add_scope(NodeId id);
    void add_target(NodeId id);
    std::optional<std::string> own_path(NodeId id, std::string_view configured) const;
    std::optional<std::string> own_directory(NodeId id, std::string_view word, bool may_have_link) const;
    bool has_name(NodeId id, std::string_view name) const;
    struct MountParameters {
        std::string_view what, type, options;  ///< specifiers expanded
    };
    MountParameters mount_parameters(NodeId id, const Settings& settings);
    void add_mount_device(NodeId id, std::string_view where, const MountParameters& mount);
    void add_block_device(NodeId id, std::string_view path, Origin origin);
    void add_mount_unit(NodeId id, const Settings& settings);
    void add_mount_defaults(NodeId id, const MountParameters& mount);
    void add_automount(NodeId id, const Settings& settings);
    void add_swap(NodeId id, const Settings& settings);
    void add_basics(NodeId id, std::string_view before);

    Node& node(NodeId id) { return graph_.nodes_[id]; }
    const Node& node(NodeId id) const { return graph_.nodes_[id]; }

    Loader& loader_;
    Environment environment_;
    DependencyGraph graph_;
    std::vector<NodeId> queue_;              ///< last in, first out, as systemd's
    std::vector<NodeId> slices_;             ///< by node
    std::vector<std::uint32_t> load_order_;  ///< by node
    std::uint32_t loaded_ = 0;
    std::map<std::string, NodeId> bus_names_;
    std::pmr::monotonic_buffer_resource path_memory_;
    std::vector<PathInfo> paths_;
    NameTable path_ids_;  ///< indices into paths_
    // Of the unit that is being loaded:
    std::vector<RequiredPath> required_;
    std::size_t first_edge_ = 0;  ///< what it states itself is behind this one
};

}  // namespace sandgraft::units
