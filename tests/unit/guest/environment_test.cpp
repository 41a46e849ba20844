// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/environment.hpp"

#include "support/catch.hpp"

using namespace sandgraft::guest;
using Words = std::vector<std::string>;

TEST_CASE("the variables of a description are over those of a login, and the last of a name counts") {
    const User user{1000, 1000, "bare", "/home/bare", "/bin/zsh", "/run/user/1000"};
    const std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    struct {
        Words described;
        User user;
        bool terminal;
        Words environment;
    } const rows[] = {
        {{}, {}, false, {"HOME=/", path, "SHELL=/bin/sh", "container=sandgraft"}},
        {{"A=b", "HOME=/srv", "A=c=d", "NONE"},
         user,
         true,
         {"A=c=d", "HOME=/srv", "LOGNAME=bare", "NONE=", path, "SHELL=/bin/zsh", "TERM=linux", "USER=bare",
          "XDG_RUNTIME_DIR=/run/user/1000", "container=sandgraft"}},
        {{"TERM=xterm"}, {}, true, {"HOME=/", path, "SHELL=/bin/sh", "TERM=xterm", "container=sandgraft"}},
    };
    for (const auto& row : rows) CHECK(environment_of(row.described, row.user, row.terminal) == row.environment);
}
