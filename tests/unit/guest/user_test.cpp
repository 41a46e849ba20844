// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/user.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

using sandgraft::test::error_of;

namespace {

sandgraft::wire::GuestConfig config_of(const char* user) {
    sandgraft::wire::GuestConfig config;
    config.user = user;
    return config;
}

sandgraft::guest::User find_user(const char* user, const char* passwd, const char* group) {
    return sandgraft::guest::find_user(config_of(user), passwd, group);
}

constexpr const char* passwd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "# a comment\n"
    "short:x:5\n"
    "overflow:x:4294967296:1::/:\n"
    "nobody-may-be:x:4294967295:1::/:\n"
    "negative:x:-1:1::/:\n"
    ":x:7:7::/:\n"
    "bare:x:1000:1001:::\n"
    "twin:x:1000:2000::/home/twin:/bin/zsh\n"
    "1234:x:1500:1500::/home/number:/bin/sh\n"
    "\n"
    "last:x:2000:2000::/home/last:/bin/dash";

constexpr const char* group =
    "staff:x:50:\n"
    "short:x:5\n"
    "negative:x:-1:\n"
    ":x:7:\n"
    "9:x:10:\n"
    "users:x:100:bare,twin";

}  // namespace

TEST_CASE("a user is found by name, or by a number that needs no entry") {
    struct {
        const char* specification;
        uid_t uid;
        gid_t gid;
        const char* name;
        const char* home;
        const char* shell;
    } const rows[] = {
        {"root", 0, 0, "root", "/root", "/bin/bash"},
        {"0", 0, 0, "root", "/root", "/bin/bash"},
        {"bare", 1000, 1001, "bare", "/", "/bin/sh"},
        {"1000", 1000, 1001, "bare", "/", "/bin/sh"},
        {"twin", 1000, 2000, "twin", "/home/twin", "/bin/zsh"},
        {"last", 2000, 2000, "last", "/home/last", "/bin/dash"},
        {"0:5", 0, 5, "root", "/root", "/bin/bash"},
        {"1234", 1234, 1234, "", "/", "/bin/sh"},
        {"bare:staff", 1000, 50, "bare", "/", "/bin/sh"},
        {"bare:5", 1000, 5, "bare", "/", "/bin/sh"},
        {"0:users", 0, 100, "root", "/root", "/bin/bash"},
        {"1234:9", 1234, 9, "", "/", "/bin/sh"},
        {"4294967294:4294967294", 4294967294, 4294967294, "", "/", "/bin/sh"},
    };
    for (const auto& row : rows) {
        INFO(row.specification);
        const auto user = find_user(row.specification, passwd, group);
        CHECK(user.uid == row.uid);
        CHECK(user.gid == row.gid);
        CHECK(user.name == row.name);
        CHECK(user.home == row.home);
        CHECK(user.shell == row.shell);
    }
    CHECK(find_user("33", "", "").uid == 33);
}

TEST_CASE("a user that is none is an error") {
    struct {
        const char* specification;
        const char* error;
    } const rows[] = {
        {"who", "the sandbox's /etc/passwd has no user 'who'"},
        {"", "the sandbox's /etc/passwd has no user ''"},
        {"short", "the sandbox's /etc/passwd has no user 'short'"},
        {"overflow", "the sandbox's /etc/passwd has no user 'overflow'"},
        {"nobody-may-be", "the sandbox's /etc/passwd has no user 'nobody-may-be'"},
        {"negative", "the sandbox's /etc/passwd has no user 'negative'"},
        {"# a comment", "the sandbox's /etc/passwd has no user '# a comment'"},
        {"4294967295", "the sandbox's /etc/passwd has no user '4294967295'"},
        {"-1", "the sandbox's /etc/passwd has no user '-1'"},
        {"who:staff", "the sandbox's /etc/passwd has no user 'who'"},
        {"root:x", "the sandbox's /etc/group has no group 'x'"},
        {"0:short", "the sandbox's /etc/group has no group 'short'"},
        {"0:negative", "the sandbox's /etc/group has no group 'negative'"},
        {"0:", "the sandbox's /etc/group has no group ''"},
        {"0:4294967295", "the sandbox's /etc/group has no group '4294967295'"},
        {"0:1:2", "the sandbox's /etc/group has no group '1:2'"},
    };
    for (const auto& row : rows) CHECK(error_of([&] { find_user(row.specification, passwd, group); }) == row.error);
}

TEST_CASE("what the host's user database knows counts where the sandbox's files say nothing") {
    struct {
        const char* user;
        const char* found;  ///< uid:gid name home shell
    } const rows[] = {
        {"far", "70000:70001 far /home/far /bin/sh"},    {"70000", "70000:70001 far /home/far /bin/sh"},
        {"twin", "1000:2000 twin /home/twin /bin/zsh"},  {"1000", "1000:1001 bare / /bin/sh"},
        {"far:staff", "70000:50 far /home/far /bin/sh"}, {"far:team", "70000:80000 far /home/far /bin/sh"},
        {"far:5", "70000:5 far /home/far /bin/sh"},
    };
    for (const auto& row : rows) {
        auto config = config_of(row.user);
        config.asked_host = true;
        config.accounts = {{70000, 70001, "far", "/home/far", ""}};
        config.gids = {80000};
        const auto user = sandgraft::guest::find_user(config, passwd, group);
        CHECK(std::to_string(user.uid) + ":" + std::to_string(user.gid) + " " + user.name + " " + user.home + " " +
                  user.shell ==
              row.found);
    }
}

TEST_CASE("an unknown user is told with all places that were asked") {
    struct {
        const char* user;
        const char* error;
    } const rows[] = {
        {"who", "neither the sandbox's /etc/passwd nor the host's user database has a user 'who'"},
        {"root:who", "neither the sandbox's /etc/group nor the host's user database has a group 'who'"},
        {"5678", "no error"},
    };
    for (const auto& row : rows) {
        auto config = config_of(row.user);
        config.asked_host = true;
        CHECK(error_of([&] { sandgraft::guest::find_user(config, passwd, group); }) == row.error);
    }
}
