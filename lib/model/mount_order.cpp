// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/mount_order.hpp"

#include <sandgraft/mount.hpp>

#include <algorithm>
#include <numeric>

namespace sandgraft::model {

namespace {

bool contains(std::string_view directory, std::string_view path) {
    return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

/// Compares with '/' below every other byte, so that what lies in a directory directly follows it.
bool path_less(std::string_view a, std::string_view b) {
    const auto [p, q] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (q == b.end()) return false;
    if (p == a.end()) return true;
    if (*p == '/' || *q == '/') return *p == '/';
    return static_cast<unsigned char>(*p) < static_cast<unsigned char>(*q);
}

}  // namespace

std::vector<std::size_t> parents(std::span<const std::string_view> targets) {
    std::vector<std::size_t> sorted(targets.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
        return targets[a] == targets[b] ? a < b : path_less(targets[a], targets[b]);
    });
    std::vector<std::size_t> parent(targets.size(), no_parent);
    std::size_t around = no_parent;
    for (const std::size_t i : sorted) {
        while (around != no_parent && !contains(targets[around], targets[i])) around = parent[around];
        parent[i] = around;
        around = i;
    }
    return parent;
}

std::vector<std::size_t> mount_order(std::span<const std::string_view> targets) {
    const auto parent = parents(targets);
    std::vector<std::size_t> order;
    order.reserve(targets.size());
    std::vector<bool> placed(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto first = static_cast<std::ptrdiff_t>(order.size());
        for (std::size_t j = i; j != no_parent && !placed[j]; j = parent[j]) {
            placed[j] = true;
            order.push_back(j);
        }
        std::reverse(order.begin() + first, order.end());
    }
    return order;
}

}  // namespace sandgraft::model

namespace sandgraft {

std::vector<Mount> in_mount_order(std::vector<Mount> mounts) { return model::in_mount_order(std::move(mounts)); }

}  // namespace sandgraft
