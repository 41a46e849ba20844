// SPDX-License-Identifier: LGPL-2.1-or-later
// The mount units on the way to the paths that units need.
#include "units/graph/graph_builder.hpp"
#include "units/text/words.hpp"

#include "base/text.hpp"

namespace sandgraft::units {

namespace {

constexpr std::uint32_t no_path = no_node;

}  // namespace

std::uint32_t GraphBuilder::path_id(std::string_view path) {
    if (const auto known = path_ids_.find(path); known != no_path) return known;
    const std::uint32_t parent = path == "/" ? no_path : path_id(base::parent_of(path));
    const auto id = static_cast<std::uint32_t>(paths_.size());
    const std::string_view kept = graph_.names_.store(path);
    path_ids_.insert(kept, id);
    paths_.push_back({kept, parent, no_node, no_node, std::pmr::vector<NodeId>(&path_memory_)});
    return id;
}

/// Notes that a unit needs a path, and with it every directory above.
void GraphBuilder::require_mounts_for(NodeId id, std::string_view text, Origin origin) {
    const auto path = expand_path(id, text);
    if (!path) return;
    const std::uint32_t needed = path_id(*path);
    if (paths_[needed].required_by == id) return;  // with its first origin
    paths_[needed].required_by = id;
    required_.push_back({needed, origin});
    for (std::uint32_t p = needed; p != no_path; p = paths_[p].parent) {
        auto& users = paths_[p].users;
        if (users.empty() || users.back() != id) users.push_back(id);
    }
}

void GraphBuilder::require_each_mount(NodeId id, std::span<const std::string_view> values) {
    std::string word;
    for (std::string_view rest : values)
        while (next_word(rest, word, {.unquote = true, .keep_escapes = true}) == WordResult::word)
            require_mounts_for(id, word, Origin::file);
}

bool GraphBuilder::has_fragment(NodeId id) const {
    return node(id).unit != nullptr && !node(id).unit->fragment_path.empty();
}

/// The mount unit of a path; it is queued for loading when it is new.
NodeId GraphBuilder::mount_of(std::uint32_t path) {
    PathInfo& info = paths_[path];
    if (info.mount != no_node) return resolve(info.mount);
    const auto name = name_from_path(info.text, UnitType::mount);
    if (!name) return no_node;
    return info.mount = refer(*name);
}

void GraphBuilder::need_mount(NodeId id, NodeId mount, Origin origin) {
    if (mount == id || !node(mount).loading_done || node(mount).state != UnitState::loaded) return;
    add(id, relation::after, mount, as_set(origin));
    if (has_fragment(mount)) add(id, relation::requires_, mount, as_set(origin));
}

/// Of the mounts that a unit needs, those loaded before it. A mount loaded later finds the unit by offer_mount().
void GraphBuilder::add_mounts(NodeId id) {
    for (const RequiredPath& required : required_)
        for (std::uint32_t p = required.path; p != no_path; p = paths_[p].parent)
            if (const NodeId mount = mount_of(p); mount != no_node) need_mount(id, mount, required.origin);
}

void GraphBuilder::offer_mount(NodeId mount, std::string_view where) {
    const auto path = path_ids_.find(where);
    if (path == no_path) return;
    for (const NodeId user : paths_[path].users) {
        if (user == mount || !node(user).loading_done || node(user).state != UnitState::loaded) continue;
        add(user, relation::after, mount, as_set(Origin::path));
        if (has_fragment(mount)) add(user, relation::requires_, mount, as_set(Origin::path));
    }
}

}  // namespace sandgraft::units
