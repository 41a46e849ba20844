// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/runtime_directory.hpp"

#include "support/catch.hpp"
#include "support/temp_tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace {

using sandgraft::guest::User;

std::string make_runtime_directory(const std::string& run, const User& user) {
    return sandgraft::guest::make_runtime_directory(run, user, {});
}

User caller() {
    User user;
    user.uid = ::getuid();
    user.gid = ::getgid();
    return user;
}

struct stat status_of(const std::string& path) {
    struct stat st {};
    REQUIRE(::lstat(path.c_str(), &st) == 0);
    return st;
}

}  // namespace

TEST_CASE("a user has a directory in /run that others cannot look into") {
    const sandgraft::test::TempTree run;
    const std::string own = run.at("user/" + std::to_string(::getuid()));
    const mode_t mask = ::umask(0077);
    CHECK(make_runtime_directory(run.path(), caller()) == own);
    ::umask(mask);
    CHECK(make_runtime_directory(run.path(), caller()) == own);
    CHECK((status_of(run.at("user")).st_mode & 07777) == 0755);
    CHECK((status_of(own).st_mode & 07777) == 0700);
    CHECK(status_of(own).st_uid == ::getuid());
    CHECK(status_of(own).st_gid == ::getgid());
}

TEST_CASE("a directory that is there for the target of a mount becomes the user's") {
    sandgraft::test::TempTree run;
    const std::string name = "user/" + std::to_string(::getuid());
    run.directory(name + "/target");
    REQUIRE(::chmod(run.at(name).c_str(), 0755) == 0);
    CHECK(make_runtime_directory(run.path(), caller()) == run.at(name));
    CHECK((status_of(run.at(name)).st_mode & 07777) == 0700);
}

TEST_CASE("what is no directory is left alone") {
    for (const std::string name : {"user", "user/0"}) {
        sandgraft::test::TempTree run;
        run.file(name, "x");
        auto user = caller();
        user.uid = 0;
        CHECK(make_runtime_directory(run.path(), user).empty());
        CHECK(run.read(name) == "x");
    }
}

TEST_CASE("no link is followed") {
    sandgraft::test::TempTree run;
    run.directory("elsewhere");
    run.link("user", "elsewhere");
    CHECK(make_runtime_directory(run.path(), caller()).empty());
    CHECK(::access(run.at("elsewhere/" + std::to_string(::getuid())).c_str(), F_OK) < 0);
}
