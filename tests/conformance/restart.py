# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt's daemon, a service of the machine, is restarted while sandboxes run, as every upgrade of its package does."""

import contextlib
import os
import subprocess

from harness import IDLE, Conformance, unique_name

SERVICE = "libvirtd.service"
SOCKETS = ("libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket")
PROGRAMS = ("libvirt_lxc", "sandgraft-init", "sandgraft-guard", "sandgraft-bury")
WAITS = ("sh", "-c", "echo ready; read line; echo got $line; exit 7")


def systemctl(*arguments):
    subprocess.run(["systemctl", *arguments], check=True)


def left_over():
    """Processes of sandboxes, and directories for views of the root."""
    found = {f"/run/{name}" for name in os.listdir("/run") if name.startswith("sandgraft")}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
            if (name := comm.read().strip()) in PROGRAMS:
                found.add(f"process {pid}, {name}")
    return found


class Restart(Conformance):
    def setUp(self):
        self.addCleanup(systemctl, "start", SERVICE, *SOCKETS)
        self.before = left_over()

    def assert_nothing_left(self):
        def new():
            return sorted(left_over() - self.before)
        self.eventually(lambda: not new(), message=lambda: f"left behind: {new()}")
        self.eventually(lambda: not self.domains(), message=lambda: f"left behind: {self.domains()}")

    def started(self):
        process = self.start(*WAITS)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        return process

    def finish(self, process):
        """The command's last words, its status, and what the client said; nothing may be left then."""
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(b"it\n")
        result = process.stdout.read(), self.wait(process)[0], process.stderr.read()
        systemctl("start", SERVICE, *SOCKETS)
        self.assert_nothing_left()
        return result

    def assert_told(self, result):
        """What cannot go on without the daemon ends and says so."""
        output, status, message = result
        self.assertEqual((output, status, message.count(b"\n")), (b"", 125, 1), message)
        self.assertIn(b"libvirt", message)

    def assert_survived(self, process):
        if self.channel == "console":
            self.assert_told(self.finish(process))
        else:
            self.assertEqual(self.finish(process), (b"got it\n", 7, b""))

    def test_a_restart_while_a_command_runs(self):
        process = self.started()
        systemctl("restart", SERVICE)
        self.assert_survived(process)

    def test_two_restarts_while_a_command_runs(self):
        process = self.started()
        for _ in range(2):
            systemctl("restart", SERVICE)
            self.domains()
        self.assert_survived(process)

    def test_a_command_ends_while_the_daemon_is_stopped(self):
        process = self.started()
        systemctl("stop", SERVICE, *SOCKETS)
        self.assert_survived(process)

    def test_a_client_is_killed_while_the_daemon_is_stopped(self):
        process = self.started()
        systemctl("stop", SERVICE, *SOCKETS)
        process.kill()
        self.wait(process)
        systemctl("start", SERVICE, *SOCKETS)
        self.assert_nothing_left()

    def test_a_kept_sandbox_goes_on(self):
        name = unique_name()
        self.addCleanup(self.keep(name, IDLE, []))
        self.ask("start", name)
        systemctl("restart", SERVICE)
        inside = subprocess.run([self.program, "exec", name, "sh", "-c", "echo there; exit 3"], stdout=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, check=False)
        self.assertEqual((inside.returncode, inside.stdout), (3, b"there\n"))
        listed = subprocess.run([self.program, "list", "--quiet"], stdout=subprocess.PIPE, check=True, text=True)
        self.assertEqual(listed.stdout, name + "\n")

    def test_a_run_after_a_restart(self):
        systemctl("restart", SERVICE)
        result = self.shell("echo out; exit 3")
        self.assertEqual((result.status, result.text, result.stderr), (3, "out\n", b""))
