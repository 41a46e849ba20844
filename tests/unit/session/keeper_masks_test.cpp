// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/keeper_masks.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"

using namespace sandgraft;
using session::keeper_masks;
using test::error_of;

namespace {

std::vector<std::string> masked(const Sandbox& sandbox, const std::string& place) {
    std::vector<std::string> targets;
    for (const auto& mount : keeper_masks(sandbox, place)) {
        CHECK(std::holds_alternative<Mask>(mount.source));
        targets.push_back(mount.target);
    }
    return targets;
}

using Targets = std::vector<std::string>;

}  // namespace

TEST_CASE("the directory of kept sandboxes is hidden wherever a bind or the root would show it") {
    test::TempTree tree;
    tree.directory("run/other");
    tree.directory("elsewhere");
    tree.link("link", "run");
    tree.directory("root/srv");
    const auto real = std::filesystem::canonical(tree.path()).string();
    const std::string place = tree.at("run/sandgraft");
    struct {
        const char* what;
        Sandbox sandbox;
        Targets targets;
    } const rows[] = {
        {"an ancestor", {.root = tree.at("root"), .mounts = {{"/mnt", HostBind{tree.at("run")}}}}, {"/mnt/sandgraft"}},
        {"by a link", {.root = tree.at("root"), .mounts = {{"/mnt", HostBind{tree.at("link")}}}}, {"/mnt/sandgraft"}},
        {"all of the host",
         {.root = tree.at("root"), .mounts = {{"/mnt", HostBind{"/"}}}},
         {"/mnt" + real + "/run/sandgraft"}},
        {"two",
         {.root = tree.at("root"), .mounts = {{"/mnt", HostBind{tree.at("run")}}, {"/srv", HostBind{tree.path()}}}},
         {"/mnt/sandgraft", "/srv/run/sandgraft"}},
        {"one that is replaced",
         {.root = tree.at("root"), .mounts = {{"/mnt", HostBind{tree.at("run")}}, {"/mnt/sandgraft", Ram{}}}},
         {}},
        {"others",
         {.root = tree.at("root"),
          .mounts = {{"/mnt", HostBind{tree.at("run/other")}}, {"/srv", HostBind{tree.at("elsewhere")}}}},
         {}},
        {"the root", {.root = tree.path()}, {}},  // it has a /run of its own
        {"a root above all", {.root = tree.at("run")}, {"/sandgraft"}},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        CHECK(masked(row.sandbox, place) == row.targets);
    }
    CHECK(std::filesystem::is_directory(place));  // where a bind would show it as soon as there is one
}

TEST_CASE("what is inside of it is nobody's source") {
    test::TempTree tree;
    tree.file("run/sandgraft/web/socket", "");
    tree.link("link", "run/sandgraft/web/socket");
    tree.directory("root");
    const std::string place = tree.at("run/sandgraft");
    const auto real = std::filesystem::canonical(place).string();
    for (const auto* name : {"run/sandgraft", "run/sandgraft/web", "run/sandgraft/web/socket", "link"}) {
        const Sandbox sandbox{.root = tree.at("root"), .mounts = {{"/mnt", HostBind{tree.at(name)}}}};
        CHECK(error_of([&] { keeper_masks(sandbox, place); }) ==
              "the source '" + tree.at(name) + "' of the mount at '/mnt' lies in '" + real +
                  "', where kept sandboxes are spoken to from outside");
    }
    CHECK(error_of([&] { keeper_masks({.root = tree.at("run/sandgraft/web")}, place); }) ==
          "the root '" + tree.at("run/sandgraft/web") + "' lies in '" + real +
              "', where kept sandboxes are spoken to from outside");
}
