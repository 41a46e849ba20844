// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/undertaker.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"
#include "support/traces.hpp"

#include <sys/wait.h>
#include <csignal>

using namespace sandgraft;
using test::eventually;

namespace {

namespace fs = std::filesystem;

/// Where an undertaker that finds the sign, or another watchman, makes a file.
struct Place {
    Place() {
        tree.file("sign", "");
        tree.file("watchman", "one");
    }

    [[nodiscard]] base::Fd start() const {
        return root::start_undertaker(SANDGRAFT_GUARD,
                                      {tree.at("sign"), tree.at("watchman"), "/usr/bin/touch", {tree.at("made")}});
    }
    [[nodiscard]] bool is_made() const { return fs::exists(tree.at("made")); }

    /// Where the undertaker is in /proc, also when it has become the other program: its words are in its command line.
    [[nodiscard]] fs::path undertaker() const {
        for (const auto& entry : fs::directory_iterator("/proc"))
            if (content(entry.path() / "cmdline").find(tree.at("made")) != std::string::npos) return entry.path();
        return {};
    }

    /// It has seen what there is, and sleeps.
    [[nodiscard]] bool is_attended() const {
        return content(undertaker() / "stat").find("(sandgraft-guard) S") != std::string::npos;
    }

    static std::string content(const fs::path& path) {
        std::ifstream in(path);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    test::TempTree tree;
};

}  // namespace

TEST_CASE("what has gone when the lease ends is let rest") {
    const Place place;
    base::Fd lease = place.start();
    fs::remove(place.tree.at("sign"));
    CHECK(eventually([&] { return place.is_attended(); }));
    lease.reset();
    CHECK(eventually([&] { return place.undertaker().empty(); }));
    CHECK_FALSE(place.is_made());
}

TEST_CASE("what goes soon after the end of the lease is let rest") {
    const Place place;
    place.start().reset();
    ::usleep(300'000);
    CHECK(eventually([&] { return place.is_attended(); }));
    fs::remove(place.tree.at("sign"));
    CHECK(eventually([&] { return place.undertaker().empty(); }));
    CHECK_FALSE(place.is_made());
}

TEST_CASE("what has gone is looked at when the watchman is another one, or has gone") {
    for (const bool there : {true, false}) {
        Place place;
        base::Fd lease = place.start();
        REQUIRE(eventually([&] { return place.is_attended(); }));
        fs::remove(place.tree.at("sign"));
        fs::remove(place.tree.at("watchman"));
        if (there) place.tree.file("watchman", "another");
        lease.reset();
        CHECK(eventually([&] { return place.is_made(); }));
    }
}

TEST_CASE("what stays when all who held the lease are gone is buried") {
    const Place place;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const base::Fd lease = place.start();
        for (;;) ::pause();
    }
    REQUIRE(eventually([&] { return place.is_attended(); }));
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(eventually([&] { return place.is_made(); }));
}

TEST_CASE("no undertaker without its program") {
    CHECK(test::error_of([] { (void)root::start_undertaker("/nonexistent", {}); }).find("cannot execute") !=
          std::string::npos);
}
