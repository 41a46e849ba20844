// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/catch.hpp"

#include <sandgraft/mount.hpp>

using namespace sandgraft;

TEST_CASE("parents come before children, otherwise mounts stay as given") {
    struct Row {
        std::vector<std::string> given;
        std::vector<std::string> ordered;
    };
    const Row rows[] = {
        {{}, {}},
        {{"/b", "/a"}, {"/b", "/a"}},
        {{"/a/b", "/a"}, {"/a", "/a/b"}},
        {{"/a", "/a/b"}, {"/a", "/a/b"}},
        {{"/z", "/a/b/c", "/x", "/a"}, {"/z", "/a", "/a/b/c", "/x"}},
        {{"/a/b/c", "/a/b", "/a"}, {"/a", "/a/b", "/a/b/c"}},
        {{"/a/b", "/a-b", "/ab", "/a"}, {"/a", "/a/b", "/a-b", "/ab"}},
        {{"/a!/c", "/a/c", "/a", "/a!"}, {"/a!", "/a!/c", "/a", "/a/c"}},
        {{"/a/b", "/a", "/a"}, {"/a", "/a", "/a/b"}},
        {{"", "relative", "/"}, {"", "relative", "/"}},
    };
    for (const auto& row : rows) {
        std::vector<Mount> mounts;
        for (const auto& target : row.given) mounts.push_back({target, Mask{}, false});
        std::vector<std::string> ordered;
        for (const auto& mount : in_mount_order(mounts)) ordered.push_back(mount.target);
        CHECK(ordered == row.ordered);
    }
}

TEST_CASE("ordering a deep chain of mounts takes no recursion") {
    std::vector<Mount> mounts;
    std::string target;
    for (int i = 0; i < 3000; ++i) mounts.push_back({target += "/a", Mask{}, false});
    const std::vector<Mount> reversed(mounts.rbegin(), mounts.rend());
    CHECK(in_mount_order(reversed) == mounts);
}
