# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one sandbox may use of the machine's processes and files."""

import os
import unittest

from harness import Conformance

# Forks until it may not, holds all of them for a moment, and says how many there were beside itself.
FORK_BOMB = """
import os, time
children = []
while len(children) < 1000:
    try:
        child = os.fork()
    except BlockingIOError:
        break
    if child == 0:
        time.sleep(30)
        os._exit(0)
    children.append(child)
print(len(children), flush=True)
"""

# Every child forks on, so that nobody stops by himself.
WILD_FORK_BOMB = """
import os
while True:
    try:
        os.fork()
    except BlockingIOError:
        pass
"""

# There alone libvirt makes a group in which the kernel counts processes.
GROUPS_COUNT = os.path.exists("/sys/fs/cgroup/cgroup.controllers") and os.path.isdir("/run/systemd/system")


class Processes(Conformance):
    def python(self, program, options):
        return self.run_sandbox("/usr/bin/python3", "-IS", "-c", program, options=options, limit=60)

    def test_a_fork_bomb_is_bounded(self):
        for user in ("nobody", "12345:12345"):
            with self.subTest(user):
                result = self.python(FORK_BOMB, ["--user", user, "--pids", "50"])
                self.assertEqual((result.status, result.text), (0, "49\n"), result.stderr)

    @unittest.skipUnless(GROUPS_COUNT, "no control groups of version 2 that systemd manages")
    def test_a_fork_bomb_of_root_is_bounded(self):
        for who, options in {"root": ["--user", "root"], "privileged": ["--privileged"]}.items():
            with self.subTest(who):
                result = self.python(FORK_BOMB, [*options, "--pids", "50"])
                self.assertEqual((result.status, result.text), (0, "49\n"), result.stderr)

    @unittest.skipUnless(GROUPS_COUNT, "no control groups of version 2 that systemd manages")
    def test_all_users_together_are_bounded(self):
        """Each process of root's becomes another user."""
        program = FORK_BOMB.replace("        time.sleep", "        os.setuid(1000 + len(children))\n        time.sleep")
        result = self.python(program, ["--privileged", "--pids", "50"])
        self.assertEqual((result.status, result.text), (0, "49\n"), result.stderr)

    def test_each_sandbox_counts_alone(self):
        """Whatever the same user runs on the host or in other sandboxes."""
        others = [self.start("sh", "-c", "for i in $(seq 30); do sleep 60 & done; echo up; wait",
                             options=["--user", "nobody", "--pids", "40"]) for _ in range(2)]
        for other in others:
            self.assertEqual(other.stdout.readline(), b"up\n")
        self.assertEqual(self.python(FORK_BOMB, ["--user", "nobody", "--pids", "50"]).text, "49\n")

    def test_a_wild_fork_bomb_can_be_killed(self):
        bomb = self.start("/usr/bin/python3", "-IS", "-c", WILD_FORK_BOMB, options=["--user", "nobody", "--pids", "100"])
        self.eventually(lambda: self.python("print(1)", []).text == "1\n")
        bomb.terminate()
        self.assertEqual(self.wait(bomb, limit=60)[0], 143)

    def test_the_number_without_an_option(self):
        result = self.shell("grep '^Max processes' /proc/self/limits", options=["--user", "nobody"])
        self.assertEqual(result.text.split()[2:4], ["4096", "4096"])


class Limits(Conformance):
    def test_limits_are_set(self):
        options = ["--ulimit", "nofile=100:200", "--ulimit", "core=0", "--ulimit", "nproc=300"]
        result = self.shell("grep -E '^Max (open files|core file size|processes)' /proc/self/limits", options=options)
        found = {line[:25].strip(): line[25:].split()[:2] for line in result.text.splitlines()}
        self.assertEqual(found, {"Max open files": ["100", "200"], "Max core file size": ["0", "0"],
                                 "Max processes": ["300", "300"]})

    def test_a_limit_of_files_holds(self):
        program = "import os\nwhile True: os.dup(0)"
        result = self.run_sandbox("/usr/bin/python3", "-IS", "-c", program, options=["--ulimit", "nofile=64"])
        self.assertIn(b"Too many open files", result.stderr)

    def test_what_libvirt_may_not_is_refused_by_name(self):
        result = self.run_sandbox("true", options=["--ulimit", "nofile=unlimited"])
        self.assert_refused(result, "'nofile'", "Operation not permitted")

    def test_malformed_ones_are_refused(self):
        for word in ("nofile", "files=1", "nofile=2:1", "nofile=x"):
            with self.subTest(word):
                self.assertEqual(self.run_sandbox("true", options=["--ulimit", word]).status, 125)
        for word in ("0", "-1", "x", "4194305"):
            with self.subTest(word):
                self.assertEqual(self.run_sandbox("true", options=["--pids", word]).status, 125)
