// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/exec_spec.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace sandgraft;
using guest::exec_spec;

namespace {

constexpr const char* unknown = "no-file-has-this-name";

/// A user and a group that the client's machine knows.
wire::ExecConfig told() {
    wire::ExecConfig config;
    config.user = std::string(unknown) + ":" + unknown;
    config.asked_host = true;
    config.accounts = {{70000, 70001, unknown, "/home/far", "/bin/zsh"}};
    config.gids = {80000};
    config.argv = {"true"};
    return config;
}

}  // namespace

TEST_CASE("a user whom only the host knows is the sandbox's where the command's could be, too") {
    guest::ProcessSpec command;
    command.capabilities = 1;
    command.has_host_users = true;
    const auto spec = exec_spec(command, told());
    CHECK(spec.user.uid == 70000);
    CHECK(spec.user.gid == 80000);
    CHECK(spec.user.name == unknown);
    CHECK(spec.user.home == "/home/far");
    CHECK(spec.user.shell == "/bin/zsh");
    CHECK(spec.capabilities == 0);
}

TEST_CASE("the users of a sandbox with a root of its own, or of another machine, are its own") {
    CHECK(test::error_of([] { (void)exec_spec({}, told()); }) ==
          "the sandbox's /etc/passwd has no user 'no-file-has-this-name'");
    guest::ProcessSpec command;
    command.has_host_users = true;
    auto not_asked = told();
    not_asked.asked_host = false;
    CHECK(test::error_of([&] { (void)exec_spec(command, not_asked); }) ==
          "the sandbox's /etc/passwd has no user 'no-file-has-this-name'");
}
