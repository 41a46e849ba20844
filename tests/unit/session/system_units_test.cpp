// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/system_units.hpp"

#include "support/catch.hpp"
#include "support/temp_tree.hpp"

#include <algorithm>

using namespace sandgraft;

namespace {

const UnitTree::Entry* find(const UnitTree& tree, const std::string& path) {
    const auto found = std::find_if(tree.entries.begin(), tree.entries.end(),
                                    [&](const UnitTree::Entry& entry) { return entry.path == path; });
    return found == tree.entries.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("every profile has a slice for what is started beside its units") {
    for (const auto profile : {UnitProfile::full, UnitProfile::minimal, UnitProfile::bare}) {
        UnitTree tree;
        session::complete(tree, {.goals = {"a.service"}, .profile = profile});
        REQUIRE(find(tree, "sandgraft.slice") != nullptr);
        const auto* link = find(tree, "default.target.wants/sandgraft.slice");
        REQUIRE(link != nullptr);
        CHECK((link->link && link->content == "../sandgraft.slice"));
    }
}

TEST_CASE("only the bare profile is given its end, which stops the goals first") {
    for (const auto profile : {UnitProfile::full, UnitProfile::minimal}) {
        UnitTree tree;
        session::complete(tree, {.goals = {"a.service"}, .profile = profile});
        CHECK(find(tree, "poweroff.target") == nullptr);
    }
    UnitTree tree;
    session::complete(tree, {.goals = {"a.service", "b.socket"}, .profile = UnitProfile::bare});
    for (const auto* path : {"poweroff.target", "systemd-poweroff.service", "reboot.target", "systemd-reboot.service"})
        CHECK(find(tree, path) != nullptr);
    REQUIRE(find(tree, "shutdown.target") != nullptr);
    CHECK(find(tree, "shutdown.target")->content ==
          "[Unit]\nDefaultDependencies=no\nConflicts=a.service b.socket\nAfter=a.service b.socket\n");
}

TEST_CASE("a unit of the tree is not replaced") {
    UnitTree tree{.entries = {{"poweroff.target", false, "its own"}}};
    session::complete(tree, {.goals = {"a.service"}, .profile = UnitProfile::bare});
    CHECK(find(tree, "poweroff.target")->content == "its own");
    CHECK(std::count_if(tree.entries.begin(), tree.entries.end(),
                        [](const UnitTree::Entry& entry) { return entry.path == "poweroff.target"; }) == 1);
}

TEST_CASE("what ends the system does not wait for mounts to be taken away") {
    test::TempTree root;
    root.file("usr/lib/systemd/system/systemd-poweroff.service",
              "[Unit]\nRequires=shutdown.target umount.target final.target\nAfter=umount.target\n");
    UnitSet units({.root = root.path(), .unit_path = {"/usr/lib/systemd/system"}});
    session::keep_mounts(units);
    CHECK(units.cat("systemd-poweroff.service").find("umount.target") == std::string::npos);
    CHECK(units.cat("systemd-poweroff.service").find("final.target") != std::string::npos);
    CHECK(units.info("systemd-reboot.service").state == UnitState::not_found);
}
