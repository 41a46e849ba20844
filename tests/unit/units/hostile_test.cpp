// SPDX-License-Identifier: LGPL-2.1-or-later
// Trees made to hurt: all end in bounded time, and nothing outside of the root is opened.
#include "units/load/loader.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"

#include <sandgraft/unit_set.hpp>

#include <chrono>
#include <ctime>

using namespace sandgraft::units;
using sandgraft::UnitState;
using namespace std::chrono_literals;
using sandgraft::test::error_of;
using sandgraft::test::TempTree;

namespace {

LoaderOptions options(const TempTree& tree) {
    return {.root = tree.path(), .unit_path = {"/u"}, .on_disk = true, .specifiers = SpecifierValues{}};
}

/// Fails when what happens until its end takes more of the processor than anyone would wait for.
class Watch {
public:
    ~Watch() { CHECK(used() - start_ < 2s); }

private:
    static std::chrono::nanoseconds used() {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }

    std::chrono::nanoseconds start_ = used();
};

}  // namespace

TEST_CASE("ten thousand drop-ins") {
    TempTree tree;
    tree.file("u/a.service", "[Service]\nExecStart=/a\n");
    for (int i = 0; i < 10'000; ++i)
        tree.file("u/a.service.d/" + std::to_string(10'000 + i) + ".conf", "[Unit]\nWants=b.service\n");
    const Watch watch;
    Loader loader(options(tree));
    const auto& unit = loader.load("a.service");
    CHECK(unit.drop_ins.size() == 10'000);
    CHECK(unit.assignments.size() == 10'001);
    CHECK(unit.drop_ins.front().path == "/u/a.service.d/10000.conf");
}

TEST_CASE("two thousand aliases, in chains too long to follow") {
    TempTree tree;
    tree.file("u/a.service", "[Service]\nExecStart=/a\n");
    tree.link("u/l0.service", "a.service");
    for (int i = 0; i < 1'000; ++i) {
        tree.link("u/x" + std::to_string(i) + ".service", "a.service");
        tree.link("u/l" + std::to_string(i + 1) + ".service", 'l' + std::to_string(i) + ".service");
    }
    const Watch watch;
    Loader loader(options(tree));
    CHECK(loader.load("a.service").names.size() == 1'000 + 8);
    CHECK(loader.load("l1000.service").state == UnitState::not_found);
    CHECK(loader.load("l6.service").id == "a.service");
}

TEST_CASE("links that lead around in circles, as files and directories") {
    TempTree tree;
    tree.file("u/a.service", "[Service]\nExecStart=/a\n");
    tree.link("u/a.service.d", "a.service.d");
    tree.link("u/a.service.wants", "../u/a.service.requires");
    tree.link("u/a.service.requires", "a.service.wants");
    tree.link("u/sub", ".");
    tree.link("u/b.service", "sub/sub/sub/b.service");
    const Watch watch;
    Loader loader(options(tree));
    CHECK(loader.load("a.service").state == UnitState::loaded);
    CHECK(loader.load("b.service").state == UnitState::not_found);
}

TEST_CASE("templates that instantiate each other without end") {
    TempTree tree;
    tree.file("u/a@.service", "[Unit]\nWants=a@%i0.service a@%i1.service\n[Service]\nExecStart=/a\n");
    auto limited = options(tree);
    limited.limits.units = 1000;
    const Watch watch;
    Loader loader(std::move(limited));
    const auto load_without_end = [&] {
        for (unsigned long i = 0;; ++i) (void)loader.load("a@" + std::to_string(i) + ".service");
    };
    CHECK(error_of(load_without_end) == "there are more than 1000 units");
}

TEST_CASE("files that are too large") {
    TempTree tree;
    tree.file("u/lines.service", "[Unit]\n" + std::string(15 * 1024 * 1024, '\n') + "A=b\n");
    tree.file("u/large.service", "[Unit]\n" + std::string(17 * 1024 * 1024, '\n'));
    tree.file("u/line.service", "[Unit]\nA=" + std::string(2 * 1024 * 1024, 'x') + "\n");
    std::string continued = "[Unit]\nA=";
    for (int i = 0; i < 200'000; ++i) continued += "x\\\n";
    tree.file("u/continued.service", continued);
    const Watch watch;
    Loader loader(options(tree));
    CHECK(loader.load("lines.service").assignments.size() == 1);
    CHECK(loader.load("large.service").state_reason == "it is larger than 16 MiB");
    CHECK(loader.load("line.service").state == UnitState::error);
    CHECK(loader.load("continued.service").assignments.front().value.size() == 399'999);
}

TEST_CASE("many units share their limits") {
    TempTree tree;
    std::string text = "[Unit]\n";
    for (int i = 0; i < 1000; ++i) text += "A=b\n";
    for (int i = 0; i < 20; ++i) tree.file("u/" + std::to_string(i) + ".service", text);
    auto limited = options(tree);
    limited.limits.assignments = 10'000;
    Loader loader(std::move(limited));
    const auto load_all = [&] {
        for (int i = 0; i < 20; ++i) (void)loader.load(std::to_string(i) + ".service");
    };
    CHECK(error_of(load_all) == "the units in '" + tree.path() + "' are too large");
}

TEST_CASE("fifos are neither waited for nor read") {
    TempTree tree;
    tree.fifo("u/a.service");
    tree.fifo("u/b.service.d/x.conf");
    tree.fifo("u/b.service.wants/c.service");
    tree.link("u/d.service", "/fifo");
    tree.fifo("fifo");
    tree.file("u/b.service", "[Service]\nExecStart=/b\n");
    const Watch watch;
    Loader loader(options(tree));
    CHECK(loader.load("a.service").state == UnitState::not_found);
    CHECK(loader.load("b.service").state == UnitState::loaded);
    CHECK(loader.load("b.service").assignments.size() == 1);
    CHECK(loader.load("b.service").links.empty());
    CHECK(loader.load("d.service").state == UnitState::error);
}

TEST_CASE("names of files do not reach the terminal as they are") {
    TempTree tree;
    tree.file("u/a.service", "[Service]\nExecStart=/b\n");
    tree.link("u/a.service.wants/x\x1B[2J.service", "../b.service");
    tree.link("u/unread.service", "/fifo");
    tree.fifo("fifo");
    const sandgraft::UnitSet units({.root = tree.path(), .unit_path = {"/u"}});
    std::string findings;
    for (const auto& finding : units.verify({"a.service"})) findings += finding.message + "\n";
    CHECK(findings.find("not a valid unit name") != std::string::npos);
    CHECK(findings.find('\x1B') == std::string::npos);
    CHECK(findings.find(":0:") == std::string::npos);
    CHECK_THROWS_WITH(units.cat("unread.service"), Catch::Contains("has no file that can be read: "));
}
