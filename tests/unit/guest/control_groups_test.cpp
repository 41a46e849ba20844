// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/control_groups.hpp"

#include "support/catch.hpp"

using sandgraft::guest::own_hierarchies;

TEST_CASE("only hierarchies in which the sandbox has a group of its own are shown") {
    struct {
        const char* what;
        const char* memberships;
        std::vector<std::string> own;
    } const rows[] = {
        {"version 2", "0::/machine.slice/machine-lxc\\x2d1\\x2da.scope/libvirt\n", {""}},
        {"version 2 without a group of its own", "0::/\n", {}},
        {"version 1",
         "4:cpu,cpuacct:/machine/a.libvirt-lxc\n3:memory:/machine/a.libvirt-lxc\n2:pids:/\n1:name=systemd:/a.service\n",
         {"cpu,cpuacct", "memory"}},
        {"all of version 1 in one scope",
         "3:name=systemd:/machine.slice/a:b\n2:cpuset,memory:/machine.slice/a:b\n",
         {"cpuset,memory", "name=systemd"}},
        {"an empty version 2 beside", "2:memory:/machine/a\n1:devices:/machine/a\n0::/\n", {"devices", "memory"}},
        {"memory in nobody's group", "2:memory:/\n1:devices:/\n", {}},
        {"nothing that is understood", "memory\n\n:\n", {}},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        CHECK(own_hierarchies(row.memberships) == row.own);
    }
}
