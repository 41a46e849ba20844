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

/// Where an undertaker that finds the sign makes a file.
struct Place {
    Place() { tree.file("sign", ""); }

    [[nodiscard]] base::Fd start() const {
        return root::start_undertaker(SANDGRAFT_GUARD, {tree.at("sign"), "/usr/bin/touch", {tree.at("made")}});
    }
    [[nodiscard]] bool is_made() const { return fs::exists(tree.at("made")); }

    /// Its words are in its command line, also when it has become the other program.
    [[nodiscard]] bool is_attended() const {
        for (const auto& entry : fs::directory_iterator("/proc")) {
            std::ifstream in(entry.path() / "cmdline");
            const std::string words{std::istreambuf_iterator<char>(in), {}};
            if (words.find(tree.at("made")) != std::string::npos) return true;
        }
        return false;
    }

    test::TempTree tree;
};

}  // namespace

TEST_CASE("what has gone when the lease ends is let rest") {
    const Place place;
    base::Fd lease = place.start();
    fs::remove(place.tree.at("sign"));
    CHECK(place.is_attended());
    lease.reset();
    CHECK(eventually([&] { return !place.is_attended(); }));
    CHECK_FALSE(place.is_made());
}

TEST_CASE("what goes soon after the end of the lease is let rest") {
    const Place place;
    place.start().reset();
    ::usleep(300'000);
    CHECK(place.is_attended());
    fs::remove(place.tree.at("sign"));
    CHECK(eventually([&] { return !place.is_attended(); }));
    CHECK_FALSE(place.is_made());
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
