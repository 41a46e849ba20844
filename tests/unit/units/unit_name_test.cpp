// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/unit_name.hpp"

#include "support/catch.hpp"

using namespace sandgraft::units;

TEST_CASE("unit names") {
    struct Row {
        std::string name;
        NameKind kind;
    };
    const Row rows[] = {
        {"foo.service", NameKind::plain},
        {"foo.bar.mount", NameKind::plain},
        {"-.slice", NameKind::plain},
        {"dev-disk-by\\x2dlabel-a.device", NameKind::plain},
        {"foo@.service", NameKind::template_},
        {"foo@bar.service", NameKind::instance},
        {"foo@a@b.socket", NameKind::instance},
        {"foo", NameKind::invalid},
        {".service", NameKind::invalid},
        {"foo.frobnicate", NameKind::invalid},
        {"@bar.service", NameKind::invalid},
        {"foo bar.service", NameKind::invalid},
        {"foo/bar.service", NameKind::invalid},
        {"f\xC3\xB6o.service", NameKind::invalid},
        {"", NameKind::invalid},
        {std::string(247, 'a') + ".service", NameKind::plain},
        {std::string(248, 'a') + ".service", NameKind::invalid},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        CHECK(parse_unit_name(row.name).kind == row.kind);
    }
    const auto name = parse_unit_name("foo@a@b.socket");
    CHECK(name.prefix == "foo");
    CHECK(name.instance == "a@b");
    CHECK(name.type == UnitType::socket);
}

TEST_CASE("template and instance names") {
    CHECK(template_of("foo@bar.service") == "foo@.service");
    CHECK(template_of("foo@.service").empty());
    CHECK(template_of("foo.service").empty());
    CHECK(with_instance("foo@.service", "x") == "foo@x.service");
    CHECK(with_instance("foo@y.service", "x") == "foo@x.service");
    CHECK(with_instance("foo.service", "x").empty());
    CHECK(with_instance("foo@.service", "a b").empty());
    CHECK(with_instance("foo@.service", std::string(255, 'x')).empty());
}

TEST_CASE("escaping") {
    CHECK(escape("foo/bar-baz") == "foo-bar\\x2dbaz");
    CHECK(escape(".hidden\\ ") == "\\x2ehidden\\x5c\\x20");
    CHECK(unescape("foo-bar\\x2dbaz") == "foo/bar-baz");
    CHECK_FALSE(unescape("a\\x2"));
    CHECK_FALSE(unescape("a\\y2d"));
    CHECK(escape_path("/") == "-");
    CHECK(escape_path("//var//lib/./x/") == "var-lib-x");
    CHECK_FALSE(escape_path("var"));
    CHECK_FALSE(escape_path("/var/../etc"));
    CHECK(unescape_path("-") == "/");
    CHECK(unescape_path("var-lib") == "/var/lib");
    CHECK_FALSE(unescape_path(""));
    CHECK_FALSE(unescape_path("-var"));
    CHECK_FALSE(unescape_path("a--b"));
    CHECK_FALSE(unescape_path("a-..-b"));
    CHECK(name_from_path("/var/my lib", UnitType::mount) == "var-my\\x20lib.mount");
    CHECK_FALSE(name_from_path("/" + std::string(255, 'x'), UnitType::mount));
}
