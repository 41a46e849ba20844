// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"

#include <sandgraft/unit_set.hpp>

#include <malloc.h>
#include <algorithm>
#include <filesystem>

using namespace sandgraft;
using sandgraft::test::error_of;
using sandgraft::test::TempTree;

namespace {

/// A small host: a service with a socket, what all services depend on, and some of what booting needs.
class Host : public TempTree {
public:
    Host() {
        file("u/sysinit.target", "[Unit]\nDescription=sysinit\nWants=early.service\n");
        file("u/early.service", "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/true\n");
        for (const auto* name : {"basic", "multi-user", "shutdown", "rescue", "umount", "final"})
            file(std::string("u/") + name + ".target", "[Unit]\nDescription=x\nDefaultDependencies=no\n");
        file("u/poweroff.target", "[Unit]\nDefaultDependencies=no\nRequires=systemd-poweroff.service\n");
        file("u/systemd-poweroff.service",
             "[Unit]\nDefaultDependencies=no\nRequires=umount.target\n[Service]\nExecStart=/bin/true\n");
        file("u/web.service",
             "[Unit]\nWants=log@web.service\nOnFailure=alert.service\n[Service]\nExecStart=/bin/web\n");
        file("u/web.service.d/10-more.conf", "[Service]\nNice=5\n");
        file("u/service.d/all.conf", "[Service]\nUMask=077\n");
        link("u/httpd.service", "web.service");
        link("u/web.service.wants/helper.service", "../helper.service");
        link("u/multi-user.target.wants/other.service", "../other.service");
        for (const auto* name : {"helper", "alert", "other", "activated"})
            file(std::string("u/") + name + ".service", "[Service]\nExecStart=/bin/x\n");
        file("u/activated.socket", "[Socket]\nListenStream=80\n");
        file("u/log@.service", "[Service]\nExecStart=/bin/log %i\n");
        file("u/swap.target", "[Unit]\n");
    }
    UnitSet set() { return UnitSet({.root = path(), .unit_path = {"/u"}, .container = true}); }
};

std::string paths(const UnitTree& tree) {
    std::string out;
    for (const auto& entry : tree.entries) out += entry.path + (entry.link ? " -> " + entry.content : "") + "\n";
    return out;
}

}  // namespace

TEST_CASE("a service is made from a command line") {
    ServiceSpec spec{.name = "a.service", .command = {"/bin/echo", "100%", "$HOME", "two words", "", ";", "a\"b\\"}};
    CHECK(to_unit_file(spec) ==
          "[Unit]\nDescription=echo\n\n[Service]\nType=simple\n"
          "ExecStart=/bin/echo 100%% $$HOME \"two words\" \"\" \";\" \"a\\\"b\\\\\"\n");
    spec = {.name = "a.service",
            .command = {"true"},
            .description = "50% done",
            .environment = {"A=b c", "B=$x%"},
            .user = "www-data",
            .working_directory = "/srv/a b",
            .type = "oneshot",
            .default_dependencies = false};
    CHECK(to_unit_file(spec) ==
          "[Unit]\nDescription=50%% done\nDefaultDependencies=no\n\n[Service]\nType=oneshot\nExecStart=true\n"
          "Environment=\"A=b c\"\nEnvironment=B=$x%%\nUser=www-data\nWorkingDirectory=/srv/a b\n");
}

TEST_CASE("a service that cannot be written is refused") {
    using namespace std::string_literals;
    const ServiceSpec rows[] = {
        {.name = "a.socket", .command = {"x"}},
        {.name = "a.service", .command = {}},
        {.name = "a.service", .command = {""}},
        {.name = "a.service", .command = {"bin/x"}},
        {.name = "a.service", .command = {"/bin/"}},
        {.name = "a.service", .command = {"/bin/../x"}},
        {.name = "a.service", .command = {"-x"}},
        {.name = "a.service", .command = {"/bin/a\"b"}},
        {.name = "a.service", .command = {"/bin/x", "a\0b"s}},
        {.name = "a.service", .command = {"x"}, .description = "a\nExecStart=/bin/evil"},
        {.name = "a.service", .command = {"x"}, .environment = {"1A=b"}},
        {.name = "a.service", .command = {"x"}, .environment = {"A"}},
        {.name = "a.service", .command = {"x"}, .user = "a\\"},
        {.name = "a.service", .command = {"x"}, .working_directory = "tmp"},
        {.name = "a.service", .command = {"x"}, .type = "magic"},
    };
    for (const auto& row : rows) CHECK_THROWS_AS(to_unit_file(row), Error);
}

TEST_CASE("units are listed, shown and changed") {
    Host host;
    auto set = host.set();
    const auto list = set.list();
    CHECK(list.size() == 18);
    CHECK(list.front().name == "activated.service");
    CHECK(std::count_if(list.begin(), list.end(), [](const auto& unit) { return unit.name == "log@.service"; }) == 1);
    CHECK(set.cat("log@.service").starts_with("# /u/log@.service\n[Service]\nExecStart=/bin/log %i\n"));
    CHECK_THROWS_AS(set.cat("log@.mount"), Error);
    const auto info = set.info("httpd.service");
    CHECK(info.name == "web.service");
    CHECK(info.aliases == std::vector<std::string>{"httpd.service"});
    CHECK(info.fragment == "/u/web.service");
    CHECK(info.drop_ins == std::vector<std::string>{"/u/web.service.d/10-more.conf", "/u/service.d/all.conf"});
    CHECK(set.cat("alert.service") ==
          "# /u/alert.service\n[Service]\nExecStart=/bin/x\n\n# /u/service.d/all.conf\n[Service]\nUMask=077\n");
    CHECK(error_of([&] { (void)set.cat("gone.service"); }) == "unit 'gone.service' has no file");
    CHECK(error_of([&] { set.add("web.service", "[Unit]\n"); }) == "unit 'web.service' exists already");
    CHECK(error_of([&] { set.add("log@.service", "[Unit]\n"); }) == "unit 'log@.service' exists already");
    CHECK_THROWS_AS(set.replace("web.service", ""), Error);

    set.add(ServiceSpec{.name = "new.service", .command = {"/bin/new"}});
    CHECK(set.info("new.service").state == UnitState::loaded);
    CHECK(set.info("new.service").fragment == "overlay:/new.service");
    set.add_drop_in("new.service", "x.conf", "[Unit]\n");
    CHECK(set.cat("new.service").find("# overlay:/new.service.d/x.conf\n[Unit]\n") != std::string::npos);
    set.mask("web.service");
    CHECK(set.info("web.service").state == UnitState::masked);
    set.add("web.service", "[Service]\nExecStart=/bin/other\n");
    CHECK(set.info("web.service").state == UnitState::loaded);

    const UnitSet copy = set;
    set.remove("new.service");
    CHECK(set.info("new.service").state == UnitState::not_found);
    CHECK(copy.info("new.service").state == UnitState::loaded);
}

TEST_CASE("what systemd does not know is a warning") {
    Host host;
    auto set = host.set();
    set.add("odd.service",
            "A=b\n[Unit]\nAfter=x.target\nAftr=y.target\nX-Mine=1\n[Servise]\nExecStart=/a\nType=b\n[X-Own]\nA=b\n"
            "[Service]\nExecStart=/a\nListenStream=1\n[Install]\nWantedBy=z\nnonsense\n");
    std::string warnings;
    for (const auto& warning : set.info("odd.service").warnings)
        warnings += warning.file + ":" + std::to_string(warning.line) + " " + warning.reason + "\n";
    CHECK(warnings ==
          "overlay:/odd.service:1 assignment outside of a section, ignored\n"
          "overlay:/odd.service:16 no '=' in the line, ignored\n"
          "overlay:/odd.service:4 unknown key 'Aftr' in section [Unit], ignored\n"
          "overlay:/odd.service:7 unknown section 'Servise', ignored\n"
          "overlay:/odd.service:13 unknown key 'ListenStream' in section [Service], ignored\n");
}

TEST_CASE("the full profile overrides the boot target and masks what cannot work") {
    Host host;
    auto set = host.set();
    set.add("new.service", "[Service]\nExecStart=/bin/new\n");
    set.want("new.service", "web.service");
    const auto tree = set.tree(UnitProfile::full, {"new.service", "httpd.service"});
    CHECK(paths(tree) ==
          "default.target\nnew.service\nnew.service.wants/web.service -> ../web.service\nswap.target -> /dev/null\n");
    CHECK(tree.entries[0].content.find("Requires=new.service web.service\n") != std::string::npos);
    CHECK(tree.unit_path("/t") == "/t:");
}

TEST_CASE("the minimal profile is the closure and a fixed list") {
    Host host;
    const auto tree = host.set().tree(UnitProfile::minimal, {"web.service", "activated.socket"});
    CHECK(paths(tree) ==
          "activated.service\nactivated.socket\nalert.service\nbasic.target\ndefault.target\nearly.service\nfinal."
          "target\n"
          "helper.service\nhttpd.service -> web.service\nlog@.service\nmulti-user.target\npoweroff.target\n"
          "rescue.target\nservice.d/all.conf\nshutdown.target\nsysinit.target\nsystemd-poweroff.service\n"
          "umount.target\nweb.service\nweb.service.d/10-more.conf\n"
          "web.service.wants/helper.service -> ../helper.service\n");
    CHECK(tree.unit_path("/t") == "/t");
}

TEST_CASE("the bare profile is what was asked for") {
    Host host;
    const auto tree = host.set().tree(UnitProfile::bare, {"httpd.service"});
    CHECK(paths(tree) ==
          "default.target\nhttpd.service -> web.service\nservice.d/all.conf\nweb.service\nweb.service.d/10-more.conf\n"
          "web.service.d/zz-sandgraft-bare.conf\n");
}

TEST_CASE("goals that cannot be booted into are refused") {
    Host host;
    auto set = host.set();
    set.mask("other.service");
    CHECK(error_of([&] { (void)set.tree(UnitProfile::minimal, {}); }) ==
          "a unit tree needs at least one unit to boot into");
    CHECK(error_of([&] { (void)set.tree(UnitProfile::full, {"gone.service"}); }) == "unit 'gone.service' is not-found");
    CHECK(error_of([&] { (void)set.tree(UnitProfile::bare, {"other.service"}); }) == "unit 'other.service' is masked");
    CHECK(error_of([&] {
              (void)set.tree(UnitProfile::bare, {"poweroff.target"});
          }).find("systemd-poweroff.service not found") != std::string::npos);
}

TEST_CASE("a tree is written whole or not at all") {
    Host host;
    auto set = host.set();
    const auto tree = set.tree(UnitProfile::minimal, {"web.service"});
    const auto out = host.at("out");
    tree.write(out + "/");
    UnitSet again({.root = host.path(), .unit_path = {"/out"}});
    CHECK(again.tree(UnitProfile::minimal, {"web.service"}) == tree);
    CHECK(again.info("httpd.service").name == "web.service");
    CHECK(host.read("out/web.service") == host.read("u/web.service"));

    CHECK(error_of([&] { tree.write(out); }) == "'" + out + "' exists already");
    UnitTree bad = tree;
    bad.entries.push_back({"../escape", false, "x"});
    CHECK_THROWS_AS(bad.write(host.at("bad")), Error);
    UnitTree twice = tree;
    twice.entries.push_back(tree.entries.front());
    CHECK_THROWS_AS(twice.write(host.at("twice")), Error);
    std::size_t left = 0;
    for (const auto& entry : std::filesystem::directory_iterator(host.path()))
        left += entry.path().filename() != "u" && entry.path().filename() != "out";
    CHECK(left == 0);
}

TEST_CASE("trees are compared") {
    Host host;
    auto set = host.set();
    const auto before = set.tree(UnitProfile::minimal, {"web.service"});
    set.add_drop_in("web.service", "20.conf", "[Unit]\nX=y\n");
    set.replace("early.service", "[Service]\nExecStart=/bin/false\n");
    set.remove("helper.service");
    const auto after = set.tree(UnitProfile::minimal, {"web.service"});
    std::string changes;
    for (const auto& change : diff(before, after))
        changes += std::string(1, "+-~"[static_cast<int>(change.kind)]) + change.path + "\n";
    CHECK(changes == "~early.service\n-helper.service\n+web.service.d/20.conf\n-web.service.wants/helper.service\n");
    CHECK(diff(before, before).empty());
}

TEST_CASE("a template is no goal, and the message says what is missing") {
    Host host;
    const auto set = host.set();
    const std::string expected =
        "'log@.service' is a template, of which only instances can be started: log@INSTANCE.service";
    CHECK(error_of([&] { (void)set.closure({"log@.service"}); }) == expected);
    CHECK(error_of([&] { (void)set.verify({"log@.service"}); }) == expected);
    for (const auto profile : {UnitProfile::full, UnitProfile::minimal, UnitProfile::bare})
        CHECK(error_of([&] { (void)set.tree(profile, {"log@.service"}); }) == expected);
}

TEST_CASE("a refusal says who requires what cannot be loaded") {
    TempTree tree;
    tree.file("u/goal.service", "[Unit]\nDefaultDependencies=no\nBindsTo=a.service\n[Service]\nExecStart=/x\n");
    tree.file("u/a.service", "[Unit]\nDefaultDependencies=no\nRequires=gone.service\n[Service]\nExecStart=/x\n");
    tree.file("u/b.service", "[Unit]\nDefaultDependencies=no\nRequisite=bad.service\n[Service]\nExecStart=/x\n");
    tree.file("u/bad.service", "[Service]\nType=oneshot\nRestart=always\nExecStart=/x\n");
    tree.file("u/masked.service", "");
    const UnitSet set({.root = tree.path(), .unit_path = {"/u"}});
    const auto refusal = [&](const char* goal) { return error_of([&] { (void)set.closure({goal}); }); };
    CHECK(refusal("goal.service") == "unit gone.service not found, required by a.service (Requires)");
    CHECK(refusal("b.service") ==
          "unit bad.service has a bad unit file setting, required by b.service (Requisite): a "
          "service with Type=oneshot cannot restart after success");
    CHECK(refusal("masked.service") == "unit masked.service is masked");
}

TEST_CASE("a loop of changes and closures does not grow") {
    TempTree tree;
    tree.file("u/base.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/x\n");
    tree.link("u/other.mount", "base.service");
    UnitSet set({.root = tree.path(), .unit_path = {"/u"}});
    const auto change = [&] {
        set.add("new.service", "[Unit]\nDefaultDependencies=no\nWants=base.service\n[Service]\nExecStart=/bin/x\n");
        CHECK(set.closure({"new.service"}).units().size() == 2);
        set.mask("new.service");
    };
    const auto memory = [] {
        const struct mallinfo2 info = ::mallinfo2();
        return info.uordblks + info.hblkhd;
    };
    for (int i = 0; i < 100; ++i) change();
    const auto before = memory();
    for (int i = 0; i < 10'000; ++i) change();
    CHECK(memory() < before + 64 * 1024);
    CHECK(set.warnings().size() == 1);
}

TEST_CASE("drop-ins below a link have the names that systemd gives them, and keep their places in a tree") {
    TempTree tree;
    tree.file("usr/u/a.service", "[Service]\nExecStart=/bin/x\n");
    tree.file("usr/u/a.service.d/one.conf", "[Unit]\nDescription=one\n");
    tree.link("u", "usr/u");
    tree.file("srv/more/two.conf", "[Unit]\nDescription=two\n");
    tree.link("etc/a.service.d", "/srv/more");
    const UnitSet set({.root = tree.path(), .unit_path = {"/etc", "/u"}});
    const auto info = set.info("a.service");
    CHECK(info.fragment == "/u/a.service");
    CHECK(info.drop_ins == std::vector<std::string>{"/usr/u/a.service.d/one.conf", "/srv/more/two.conf"});
    const std::string cat = set.cat("a.service");
    CHECK(cat.find("# /srv/more/two.conf\n[Unit]\nDescription=two\n") != std::string::npos);
    const std::string written = paths(set.tree(UnitProfile::bare, {"a.service"}));
    for (const char* path : {"a.service.d/one.conf\n", "a.service.d/two.conf\n"})
        CHECK(written.find(path) != std::string::npos);
}

TEST_CASE("findings are as severe as what systemd makes of them") {
    using Severity = UnitFinding::Severity;
    struct Row {
        const char* settings;
        std::string kind;
        Severity severity;
    };
    const Row rows[] = {
        {"[Service]\nExecStart=/gone", "missing-executable", Severity::error},
        {"[Service]\nExecStart=-/gone", "missing-executable", Severity::note},
        {"[Service]\nExecStart=/bin/x\nExecReload=/gone", "missing-executable", Severity::warning},
        {"[Service]\nExecStart=/bin/x\nExecStopPost=/gone", "missing-executable", Severity::warning},
        {"ConditionVirtualization=vm\n[Service]\nExecStart=/bin/x", "condition", Severity::note},
        {"AssertVirtualization=vm\n[Service]\nExecStart=/bin/x", "condition", Severity::error},
        {"[Service]\nExecStart=/bin/x\nnonsense", "setting", Severity::warning},
        {"Wants=bad.service\n[Service]\nExecStart=/bin/x", "missing-unit", Severity::warning},
        {"Requires=gone.service\n[Service]\nExecStart=/bin/x", "refused", Severity::error},
    };
    for (const auto& row : rows) {
        INFO(row.settings);
        TempTree tree;
        tree.file("bin/x", "#!\n");
        std::filesystem::permissions(tree.path() + "/bin/x", std::filesystem::perms{0755});
        tree.file("u/bad.service", "[Service]\nType=oneshot\nRestart=always\nExecStart=/bin/x\n");
        tree.file("u/a.service", std::string("[Unit]\nDefaultDependencies=no\n") + row.settings + "\n");
        const auto found = UnitSet({.root = tree.path(), .unit_path = {"/u"}}).verify({"a.service"});
        REQUIRE(!found.empty());
        CHECK(to_string(found.front().kind) == row.kind);
        CHECK(found.front().severity == row.severity);
    }
}

TEST_CASE("what a skipped unit lacks is a note, and an empty condition takes back those before it") {
    TempTree tree;
    tree.file("u/skipped.service",
              "[Unit]\nDefaultDependencies=no\nConditionVirtualization=vm\n[Service]\nExecStart=/gone\n");
    tree.file("u/reset.service",
              "[Unit]\nDefaultDependencies=no\nConditionVirtualization=vm\nConditionUser=\n[Service]\nExecStart=-/x\n");
    const UnitSet set({.root = tree.path(), .unit_path = {"/u"}});
    const auto is_note = [](const UnitFinding& finding) { return finding.severity == UnitFinding::Severity::note; };
    const auto skipped = set.verify({"skipped.service"});
    CHECK(skipped.size() == 2);
    CHECK(std::all_of(skipped.begin(), skipped.end(), is_note));
    const auto reset = set.verify({"reset.service"});
    REQUIRE(reset.size() == 1);
    CHECK(reset.front().kind == UnitFinding::Kind::missing_executable);
}

/// Contradicting jobs of x are resolved after cycles were looked for, and its order is the other way round then.
TEST_CASE("an ordering cycle that systemd leaves in a transaction is told") {
    TempTree tree;
    const auto service = [&](const std::string& name, const std::string& settings) {
        tree.file("u/" + name + ".service",
                  "[Unit]\nDefaultDependencies=no\n" + settings + "[Service]\nExecStart=-/bin/x\n");
    };
    tree.file("u/goal.target", "[Unit]\nDefaultDependencies=no\nWants=x.service y.service c.service z.service\n");
    service("x", "After=y.service\nConflicts=c.service\n");
    service("y", "After=x.service\n");
    service("c", "");
    service("z", "After=y.service\n");
    const UnitSet set({.root = tree.path(), .unit_path = {"/u"}});
    const auto closure = set.closure({"goal.target"});
    CHECK(closure.cycles() == std::vector<std::vector<std::string>>{{"x.service", "y.service"}});
    const auto units = closure.units();
    const auto place = [&](const char* unit) { return std::find(units.begin(), units.end(), unit); };
    CHECK(place("y.service") < place("z.service"));
    CHECK(place("z.service") != units.end());
    const auto found = set.verify({"goal.target"});
    CHECK(std::count_if(found.begin(), found.end(), [](const UnitFinding& finding) {
              return finding.kind == UnitFinding::Kind::cycle && finding.severity == UnitFinding::Severity::error &&
                     finding.message ==
                         "the jobs of x.service, y.service wait for each other, and none of them is ever run";
          }) == 1);
}
