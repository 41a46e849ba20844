# SPDX-License-Identifier: LGPL-2.1-or-later
"""A sandbox knows no control group but its own."""

from harness import Conformance

USERS = {"the calling user": [], "nobody": ["--user", "nobody"], "privileged": ["--privileged"]}


class ControlGroups(Conformance):
    def test_no_other_group_is_seen(self):
        """Neither at the usual place nor where a guest bind shows it, nor by its name."""
        name = "sandgraft-neighbour"
        neighbour = self.start("sh", "-c", "echo runs; sleep 60", options=["--name", name])
        self.assertEqual(neighbour.stdout.readline(), b"runs\n")
        script = """for top in /sys/fs/cgroup /srv/fs/cgroup; do
                        hierarchies=$(test -e $top/cgroup.procs && echo $top || ls -d $top/*)
                        find -H $hierarchies -mindepth 1 -type d
                    done
                    grep -v ':/$' /proc/self/cgroup; grep neighbour /proc/self/cgroup /proc/self/mountinfo"""
        for who, options in USERS.items():
            with self.subTest(who):
                result = self.shell(script, options=[*options, "--mount", "type=guest-bind,source=/sys,target=/srv"])
                self.assertEqual((result.text, result.stderr), ("", b""))

    def test_its_own_tells_its_limit(self):
        limits = "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"
        result = self.run_sandbox("sh", "-c", f"cat {' '.join(limits)} 2>/dev/null", options=["--memory", "64M"])
        self.assertEqual(result.text, f"{64 << 20}\n")

    def test_it_is_read_only(self):
        """Whoever could write it could lift the limits and leave the group."""
        script = "for f in $(find /sys/fs/cgroup -type f); do (: >>$f) 2>/dev/null && echo opened $f; done"
        for who, options in USERS.items():
            with self.subTest(who):
                self.assertEqual(self.shell(script, options=options).text, "")
