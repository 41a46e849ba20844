// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/loader.hpp"

#include "support/catch.hpp"
#include "support/temp_tree.hpp"

#include <sandgraft/error.hpp>

#include <span>

using namespace sandgraft::units;
using sandgraft::parse_unit_path;
using sandgraft::UnitState;
using sandgraft::test::TempTree;

namespace {

/// A root with /etc/u and /usr/u as unit path.
class Tree : public TempTree {
public:
    Tree() {
        directory("etc/u");
        directory("usr/u");
    }
    Loader loader(unsigned version = 252) {
        return Loader(
            {.root = path(), .unit_path = {"/etc/u", "/usr/u"}, .specifiers = values(), .systemd_version = version});
    }

private:
    static SpecifierValues values() {
        SpecifierValues values;
        values.machine_id = "0123";
        values.host_name = "h.example";
        values.short_host_name = "h";
        return values;
    }
};

std::string text_of(std::span<const std::string_view> list) {
    std::string out;
    for (const auto item : list) out.append(out.empty() ? "" : " ").append(item);
    return out;
}

std::string descriptions(const Unit& unit) {
    std::string out;
    for (const auto& assignment : unit.assignments) out.append(out.empty() ? "" : " ").append(assignment.value);
    return out;
}

std::string links(const Unit& unit) {
    std::string out;
    for (const auto& link : unit.links) {
        constexpr const char* kinds[] = {"wants", "requires", "upholds"};
        out.append(out.empty() ? "" : " ").append(kinds[static_cast<int>(link.kind)]).append(":").append(link.name);
    }
    return out;
}

}  // namespace

TEST_CASE("the first directory of the path wins") {
    Tree tree;
    tree.file("etc/u/a.service", "[Unit]\nD=etc\n");
    tree.file("usr/u/a.service", "[Unit]\nD=usr\n");
    tree.file("usr/u/b.service", "[Unit]\nD=b\n");
    auto loader = tree.loader();
    CHECK(descriptions(loader.load("a.service")) == "etc");
    CHECK(loader.load("a.service").fragment_path == "/etc/u/a.service");
    CHECK(loader.load("b.service").state == UnitState::loaded);
    CHECK(loader.load("c.service").state == UnitState::not_found);
    CHECK(loader.names() == std::vector<std::string_view>{"a.service", "b.service"});
    CHECK_THROWS_AS(loader.load("nonsense"), sandgraft::Error);
    CHECK(loader.load("t@.service").state == UnitState::not_found);
    CHECK_THROWS_AS(loader.load("t@.mount"), sandgraft::Error);
}

TEST_CASE("aliases are one unit") {
    Tree tree;
    tree.file("usr/u/real.service", "[Unit]\nD=real\n");
    tree.link("etc/u/one.service", "../../usr/u/real.service");
    tree.link("etc/u/two.service", "/usr/u/one.service");
    tree.link("etc/u/real.socket", "real.service");
    tree.link("etc/u/x.mount", "y.mount");
    tree.file("etc/u/two.service.d/x.conf", "[Unit]\nD=dropin\n");
    auto loader = tree.loader();
    const auto& unit = loader.load("two.service");
    CHECK(&unit == &loader.load("real.service"));
    CHECK(&unit == &loader.load("one.service"));
    CHECK(unit.id == "real.service");
    CHECK(text_of(unit.names) == "real.service one.service two.service");
    CHECK(descriptions(unit) == "real dropin");
    CHECK(loader.load("real.socket").state == UnitState::not_found);
    CHECK(loader.warnings().size() == 2);
}

TEST_CASE("masked and linked units") {
    Tree tree;
    tree.link("etc/u/null.service", "/dev/null");
    tree.file("etc/u/empty.service", "");
    tree.file("usr/u/null.service", "[Unit]\n");
    tree.file("opt/app/other-name.service", "[Unit]\nD=linked\n");
    tree.link("etc/u/app.service", "/opt/app/other-name.service");
    tree.link("etc/u/gone.service", "/opt/app/gone.service");
    tree.link("etc/u/dead.service", "nothing.service");
    tree.link("etc/u/self.service", "self.service");
    tree.link("etc/u/dir.service", "/opt/app");
    auto loader = tree.loader();
    CHECK(loader.load("null.service").state == UnitState::masked);
    CHECK(loader.load("empty.service").state == UnitState::masked);
    const auto& app = loader.load("app.service");
    CHECK(app.id == "app.service");
    CHECK(descriptions(app) == "linked");
    CHECK(app.fragment_path == "/etc/u/app.service");
    CHECK(loader.load("gone.service").state == UnitState::not_found);
    CHECK(loader.load("dead.service").state == UnitState::not_found);
    CHECK(loader.load("self.service").state == UnitState::not_found);
    CHECK(loader.load("dir.service").state == UnitState::error);
}

TEST_CASE("templates and instances") {
    Tree tree;
    tree.file("usr/u/t@.service", "[Unit]\nD=template\n");
    tree.file("etc/u/t@own.service", "[Unit]\nD=own\n");
    tree.link("usr/u/alias@.service", "t@.service");
    tree.link("usr/u/one@x.service", "t@.service");
    auto loader = tree.loader();
    CHECK(descriptions(loader.load("t@a.service")) == "template");
    CHECK(loader.load("t@a.service").instance == "a");
    CHECK(descriptions(loader.load("t@own.service")) == "own");
    CHECK(loader.load("alias@b.service").id == "t@b.service");
    CHECK(text_of(loader.load("t@b.service").names) == "t@b.service alias@b.service");
    CHECK(loader.load("alias@own.service").id == "alias@own.service");
    CHECK(descriptions(loader.load("alias@own.service")) == "template");
    CHECK(text_of(loader.load("one@x.service").names) == "t@x.service alias@x.service one@x.service");
}

TEST_CASE("drop-ins of every kind, by file name") {
    Tree tree;
    tree.file("usr/u/foo-bar@.service", "[Unit]\nD=fragment\n");
    const char* directories[] = {"service.d", "foo-.service.d", "foo-bar@.service.d", "foo-bar@x.service.d"};
    for (const auto* directory : directories)
        tree.file("usr/u/" + std::string(directory) + "/50-same.conf", std::string("[Unit]\nD=") + directory + "\n");
    tree.file("usr/u/service.d/60-type.conf", "[Unit]\nD=60\n");
    tree.file("usr/u/foo-.service.d/40-prefix.conf", "[Unit]\nD=40\n");
    tree.file("usr/u/foo-bar@.service.d/70-masked.conf", "[Unit]\nD=70\n");
    tree.link("etc/u/foo-bar@.service.d/70-masked.conf", "/dev/null");
    tree.file("usr/u/foo-bar@.service.d/80-empty.conf", "[Unit]\nD=80\n");
    tree.file("etc/u/foo-bar@x.service.d/80-empty.conf", "");
    tree.file("usr/u/foo-bar@.service.d/.hidden.conf", "[Unit]\nD=hidden\n");
    tree.file("usr/u/foo-bar@.service.d/90.txt", "[Unit]\nD=txt\n");
    auto loader = tree.loader();
    CHECK(descriptions(loader.load("foo-bar@x.service")) == "fragment 40 foo-bar@x.service.d 60");
    CHECK(descriptions(loader.load("foo-bar@y.service")) == "fragment 40 foo-bar@.service.d 60 80");
    CHECK(loader.load("foo-bar@x.service").drop_ins.size() == 5);
    // A higher directory wins over a more specific name below it.
    tree.file("etc/u/foo-.service.d/50-same.conf", "[Unit]\nD=etc-prefix\n");
    auto again = tree.loader();
    CHECK(descriptions(again.load("foo-bar@x.service")) == "fragment 40 etc-prefix 60");
}

TEST_CASE("a link to a directory of drop-ins counts when it leads somewhere from the root") {
    Tree tree;
    tree.file("usr/u/a.service", "[Unit]\nD=a\n");
    tree.file("usr/u/b.service", "[Unit]\nD=b\n");
    tree.file("usr/u/shared.d/x.conf", "[Unit]\nD=shared\n");
    tree.link("usr/u/a.service.d", "/usr/u/shared.d");
    tree.link("usr/u/b.service.d", "shared.d");
    auto loader = tree.loader();
    CHECK(descriptions(loader.load("a.service")) == "a shared");
    CHECK(descriptions(loader.load("b.service")) == "b");
}

TEST_CASE("broken drop-ins do not break the unit") {
    Tree tree;
    tree.file("usr/u/a.service", "[Unit]\nD=a\n");
    tree.file("usr/u/a.service.d/1.conf", "[Unit]\nD=b\n[Unit\nD=c\n");
    tree.fifo("usr/u/a.service.d/2.conf");
    tree.directory("usr/u/a.service.d/3.conf");
    tree.link("usr/u/a.service.d/4.conf", "../../../../../../../../etc/passwd");
    tree.file("usr/u/a.service.d/5.conf", "[Unit]\nD=e\n");
    auto loader = tree.loader();
    const auto& unit = loader.load("a.service");
    CHECK(unit.state == UnitState::loaded);
    CHECK(descriptions(unit) == "a b e");
    CHECK(unit.warnings.size() == 4);
}

TEST_CASE("wants, requires and upholds directories") {
    Tree tree;
    tree.file("usr/u/goal.target", "[Unit]\n");
    tree.link("usr/u/also.target", "goal.target");
    for (const auto* name : {"a", "b", "c", "null"}) tree.file(std::string("usr/u/") + name + ".service", "[Unit]\n");
    tree.link("usr/u/goal.target.wants/a.service", "../a.service");
    tree.link("etc/u/also.target.wants/b.service", "/usr/u/b.service");
    tree.link("usr/u/goal.target.wants/t@.service", "../t@.service");
    tree.link("usr/u/goal.target.wants/missing.service", "../missing.service");
    tree.link("usr/u/goal.target.wants/c.service", "../c.service");
    tree.link("etc/u/goal.target.wants/c.service", "/dev/null");
    tree.file("usr/u/goal.target.wants/file.service", "");
    tree.file("usr/u/goal.target.wants/text.service", "text");
    tree.link("usr/u/goal.target.wants/nonsense", "../a.service");
    tree.link("usr/u/goal.target.requires/a.service", "../a.service");
    tree.link("usr/u/goal.target.upholds/b.service", "../b.service");
    tree.link("usr/u/x@.target.wants/t@.service", "../t@.service");
    tree.file("usr/u/x@.target", "[Unit]\n");
    auto loader = tree.loader();
    const std::string expected =
        "wants:a.service wants:b.service wants:missing.service wants:t@goal.service requires:a.service";
    CHECK(links(loader.load("goal.target")) == expected);
    CHECK(loader.load("goal.target").warnings.size() == 2);
    CHECK(links(loader.load("x@y.target")) == "wants:t@y.service");
    auto newer = tree.loader(254);
    CHECK(links(newer.load("goal.target")) == expected + " upholds:b.service");
}

TEST_CASE("nothing outside of the root is opened") {
    Tree tree;
    tree.file("outside.service", "[Unit]\nD=outside\n");
    tree.file("root/u/ok.service", "[Unit]\nD=ok\n");
    tree.link("root/u/up.service", "../../outside.service");
    tree.link("root/u/abs.service", tree.at("outside.service"));
    tree.link("root/u/ok.service.d", "../../..");
    tree.link("root/v", "../..");
    tree.link("root/u/dev.service", "/dev/zero");
    tree.fifo("root/u/fifo.service");
    tree.directory("root/u/dir.service");
    tree.link("root/u/loop1.service", "loop2.service");
    tree.link("root/u/loop2.service", "loop1.service");
    Loader loader({.root = tree.at("root"), .unit_path = {"/u", "/v"}, .specifiers = SpecifierValues{}});
    CHECK(descriptions(loader.load("ok.service")) == "ok");
    for (const auto* name : {"up.service", "abs.service", "outside.service", "fifo.service", "dir.service",
                             "loop1.service", "dev.service"}) {
        INFO(name);
        CHECK(loader.load(name).state == UnitState::not_found);
        CHECK(loader.load(name).assignments.empty());
    }
}

TEST_CASE("specifiers") {
    Tree tree;
    tree.file("usr/u/a-b@.service", "[Unit]\n");
    tree.file("usr/u/plain.service", "[Unit]\n");
    auto loader = tree.loader();
    const auto& unit = loader.load("a-b@var-x\\x2dy.service");
    struct Row {
        const char* text;
        std::optional<std::string> full, name;
    };
    const Row rows[] = {
        {"plain", "plain", "plain"},
        {"%i", "var-x\\x2dy", "var-x\\x2dy"},
        {"%I", "var/x-y", std::nullopt},
        {"%n", "a-b@var-x\\x2dy.service", "a-b@var-x\\x2dy.service"},
        {"%N", "a-b@var-x\\x2dy", "a-b@var-x\\x2dy"},
        {"%p %P", "a-b a/b", std::nullopt},
        {"%j", "b", "b"},
        {"%J", "b", std::nullopt},
        {"%f", "/var/x-y", std::nullopt},
        {"%m.%l.%H", "0123.h.h.example", "0123.h.h.example"},
        {"%u %U %h %s", "root 0 /root /bin/sh", std::nullopt},
        {"%t %S %C %L %E %T %V", "/run /var/lib /var/cache /var/log /etc /tmp /var/tmp", std::nullopt},
        {"100%%", "100%", "100%"},
        {"%", "%", "%"},
        {"% x", "% x", "% x"},
        {"%z", std::nullopt, std::nullopt},
        {"%b", std::nullopt, std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(loader.expand(unit, row.text) == row.full);
        CHECK(loader.expand_name(unit, row.text) == row.name);
    }
    CHECK(loader.expand(loader.load("plain.service"), "%f-%i") == "/plain-");
}

TEST_CASE("changes are an overlay that precedes the path") {
    Tree tree;
    tree.file("etc/u/a.service", "[Unit]\nD=a\n");
    tree.file("usr/u/a.service", "[Unit]\nD=usr\n");
    tree.file("usr/u/b.service", "[Unit]\nD=b\n");
    auto loader = tree.loader();
    CHECK(descriptions(loader.load("a.service")) == "a");
    loader.put_unit("a.service", "[Unit]\nD=new\n");
    loader.put_drop_in("b.service", "x.conf", "[Unit]\nD=added\n");
    auto overlay = loader.overlay();
    overlay.units["c.service"] = {true, "b.service"};
    loader.set_overlay(std::move(overlay));
    loader.put_link("b.service", LinkKind::wants, "a.service");
    CHECK(descriptions(loader.load("a.service")) == "new");
    CHECK(descriptions(loader.load("c.service")) == "b added");
    CHECK(links(loader.load("b.service")) == "wants:a.service");
    loader.mask("a.service");
    CHECK(loader.load("a.service").state == UnitState::masked);
    loader.remove("b.service");
    CHECK(loader.load("b.service").state == UnitState::not_found);
    CHECK_FALSE(loader.exists("b.service"));
    CHECK_THROWS_AS(loader.put_unit("nonsense", ""), sandgraft::Error);
    CHECK_THROWS_AS(loader.put_drop_in("a.service", "../x.conf", ""), sandgraft::Error);
}

TEST_CASE("the unit path") {
    CHECK(parse_unit_path("/a:/b//c/") == std::vector<std::string>{"/a", "/b/c"});
    CHECK(parse_unit_path("").size() == system_unit_path().size());
    const auto appended = parse_unit_path("/a:");
    REQUIRE(appended.size() == system_unit_path().size() + 1);
    CHECK(appended[0] == "/a");
}
