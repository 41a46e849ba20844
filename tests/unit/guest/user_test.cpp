// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/user.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

using sandgraft::guest::find_user;
using sandgraft::test::error_of;

namespace {

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
        {"1234:9", 1234, 9, "", "/", "/bin/sh"},
        {"4294967294:4294967294", 4294967294, 4294967294, "", "/", "/bin/sh"},
    };
    for (const auto& row : rows) {
        INFO(row.specification);
        const auto user = find_user(row.specification, passwd);
        CHECK(user.uid == row.uid);
        CHECK(user.gid == row.gid);
        CHECK(user.name == row.name);
        CHECK(user.home == row.home);
        CHECK(user.shell == row.shell);
    }
    CHECK(find_user("33", "").uid == 33);
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
        {"root:x", "the sandbox's /etc/passwd has no user 'root:x'"},
        {"0:root", "the group in the user '0:root' is not a number"},
        {"0:", "the group in the user '0:' is not a number"},
        {"0:4294967295", "the group in the user '0:4294967295' is not a number"},
        {"0:1:2", "the group in the user '0:1:2' is not a number"},
    };
    for (const auto& row : rows) CHECK(error_of([&] { find_user(row.specification, passwd); }) == row.error);
}
