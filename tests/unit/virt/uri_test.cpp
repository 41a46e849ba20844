// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/uri.hpp"

#include "support/catch.hpp"

using namespace sandgraft;

TEST_CASE("a URI tells its driver and whether it leads to this machine") {
    struct {
        const char* text;
        const char* driver;  // null: not a URI
        bool local;
        const char* socket = "";
    } const rows[] = {
        {"lxc:///system", "lxc", true},
        {"lxc:///", "lxc", true},
        {"qemu:///embed?root=/tmp/x", "qemu", true},
        {"lxc+unix:///system?socket=/run/a", "lxc", true, "/run/a"},
        {"lxc+unix:///system?mode=direct&socket=/run/a%20b%26c&no_verify=1", "lxc", true, "/run/a b&c"},
        {"lxc:///system?websocket=/run/a&socket", "lxc", true},
        {"lxc:///system?socket=%2", "lxc", true},
        {"lxc+unix://server/system", "lxc", false},
        {"lxc+ssh://root@server/system", "lxc", false},
        {"lxc+ssh:///system", "lxc", false},
        {"lxc://server/system", "lxc", false},
        {"lxc+://", "lxc", false},
        {"://", "", false},
        {"mine", nullptr, false},
        {"", nullptr, false},
        {"lxc:/system", nullptr, false},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto uri = virt::parse_uri(row.text);
        REQUIRE(uri.has_value() == (row.driver != nullptr));
        if (!uri) continue;
        CHECK(uri->driver == row.driver);
        CHECK(uri->local == row.local);
        CHECK(uri->socket == row.socket);
    }
}
