// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/control_groups.hpp"

#include "support/catch.hpp"

using sandgraft::guest::own_groups;
using sandgraft::guest::OwnGroups;

TEST_CASE("only the groups that are the sandbox's own are taken for such") {
    struct {
        const char* what;
        const char* memberships;
        OwnGroups own;
    } const rows[] = {
        {"version 2 below systemd",
         "0::/machine.slice/machine-lxc\\x2d1\\x2da.scope/libvirt\n",
         {{""},
          "/machine.slice/machine-lxc\\x2d1\\x2da.scope/libvirt",
          "/machine.slice/machine-lxc\\x2d1\\x2da.scope"}},
        {"version 2 without systemd", "0::/machine/a.libvirt-lxc\n", {{""}, "/machine/a.libvirt-lxc", ""}},
        {"version 2 without a group of its own", "0::/\n", {}},
        {"version 1",
         "4:cpu,cpuacct:/machine/a.libvirt-lxc\n3:memory:/machine/a.libvirt-lxc\n2:pids:/\n1:name=systemd:/a.service\n",
         {{"cpu,cpuacct", "memory"}, "", ""}},
        {"all of version 1 in one scope",
         "3:name=systemd:/machine.slice/a:b\n2:cpuset,memory:/machine.slice/a:b\n",
         {{"cpuset,memory", "name=systemd"}, "", ""}},
        {"an empty version 2 beside",
         "2:memory:/machine/a\n1:devices:/machine/a\n0::/\n",
         {{"devices", "memory"}, "", ""}},
        {"somebody's group of version 2 beside", "2:memory:/machine/a\n0::/a.scope/libvirt\n", {{"memory"}, "", ""}},
        {"memory in nobody's group", "2:memory:/\n1:devices:/\n", {}},
        {"nothing that is understood", "memory\n\n:\n", {}},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        CHECK(own_groups(row.memberships) == row.own);
    }
}
