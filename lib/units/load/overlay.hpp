// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sandgraft::units {

/// A directory of units in memory. It precedes the search path on disk.
struct Overlay {
    /// A file's text, or a link.
    struct Node {
        bool is_link = false;
        std::string content;  ///< the text, or the link's target
    };
    using Nodes = std::map<std::string, Node, std::less<>>;

    /// What its paths start with; it is no path of the file system.
    static constexpr std::string_view path = "overlay:";

    Nodes units;
    std::map<std::string, Nodes, std::less<>> directories;  ///< "foo.service.d" and what it holds
    std::set<std::string, std::less<>> removed;             ///< names that no directory on disk shows any more
};

/// The node at "overlay:/a.service" or "overlay:/a.service.d/b.conf"; null for any other path.
const Overlay::Node* find_node(const Overlay& overlay, std::string_view path);

}  // namespace sandgraft::units
