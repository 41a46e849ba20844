// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/user_database.hpp"

#include "support/catch.hpp"

using sandgraft::wire::GuestConfig;

namespace {

GuestConfig asked_for(const char* user) {
    GuestConfig config;
    config.user = user;
    sandgraft::session::ask_user_database(config);
    return config;
}

}  // namespace

TEST_CASE("the machine's user database is asked for what is named, and for users by number") {
    struct {
        const char* user;
        std::vector<std::string> names;
        std::vector<std::uint32_t> gids;
    } const rows[] = {
        {"root", {"root"}, {}},
        {"0", {"root"}, {}},
        {"root:root", {"root"}, {0}},
        {"0:root", {"root"}, {0}},
        {"0:0", {"root"}, {}},
        {"no-such-user", {}, {}},
        {"root:no-such-group", {"root"}, {}},
        {"4294967294", {}, {}},
    };
    for (const auto& row : rows) {
        INFO(row.user);
        const auto config = asked_for(row.user);
        CHECK(config.asked_host);
        std::vector<std::string> names;
        for (const auto& account : config.accounts) names.push_back(account.name);
        CHECK(names == row.names);
        CHECK(config.gids == row.gids);
    }
    CHECK(asked_for("root").accounts == std::vector<sandgraft::wire::Account>{{0, 0, "root", "/root", "/bin/bash"}});
}
