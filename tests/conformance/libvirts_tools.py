# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody else does with libvirt's own tools what they offer for any running domain."""

import subprocess
import time

from harness import Conformance

NAME = "sandgraft-virsh"
STOPPED = b"sandgraft run: the sandbox was stopped through libvirt (virsh shutdown, reboot or destroy)\n"
LOOP = "echo ready; while :; do sleep 0.02; done"

ENDS = {
    # what is asked: words of virsh
    "shutdown": ["shutdown"],
    "shutdown by a signal": ["shutdown", "--mode", "signal"],
    "reboot": ["reboot"],
    "reboot by a signal": ["reboot", "--mode", "signal"],
}


class LibvirtsTools(Conformance):
    def virsh(self, command, *options):
        """
        @return  false when libvirt has not heard from the container's controller which process is init: it may be late,
                 and now and then never does.
        """
        words = ["virsh", "-q", "-c", self.backend.uri, command, NAME, *options]
        for _ in range(10):
            result = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if result.returncode == 0:
                return True
            self.assertIn(b"Init process ID is not yet known", result.stderr)
            time.sleep(0.1)
        return False

    def asked(self, script, *words):
        """A client whose sandbox was asked to end."""
        for _ in range(5):
            process = self.running(script)
            if self.virsh(*words):
                return process
            process.kill()
            self.wait(process)
            self.eventually(lambda: NAME not in self.domains())
        self.fail("libvirt never hears which process is init")

    def running(self, script):
        process = self.start("sh", "-c", script, options=["--name", NAME])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        return process

    def end_of(self, process):
        """Without what a shell says of a program that got the signal beside it."""
        status = self.wait(process)[0]
        self.eventually(lambda: NAME not in self.domains())
        return status, process.stdout.read(), process.stderr.read().replace(b"Terminated\n", b"")

    def test_it_ends_when_libvirt_is_asked(self):
        for what, words in ENDS.items():
            with self.subTest(what):
                process = self.asked(LOOP, *words)
                self.assertEqual(self.end_of(process), (143, b"", STOPPED))

    def test_the_command_may_end_in_its_own_way(self):
        process = self.asked("trap 'echo bye; exit 5' TERM; " + LOOP, "shutdown")
        self.assertEqual(self.end_of(process), (5, b"bye\n", STOPPED))

    def test_it_is_destroyed(self):
        """libvirt kills init as soon as it has asked it to end, so it depends on who is faster what can be told."""
        for script in (LOOP, "trap '' TERM; " + LOOP):
            with self.subTest(script):
                process = self.running(script)
                self.virsh("destroy")
                status, _, message = self.end_of(process)
                self.assertIn(status, (125, 143))
                self.assertEqual(message.count(b"\n"), 1, message)
                self.assertRegex(message, b"virsh .*destroy")

    def test_it_is_suspended_and_resumed(self):
        process = self.running("echo ready; read line; echo got $line; exit 7")
        self.virsh("suspend")
        process.stdin.write(b"it\n")
        process.stdin.flush()
        self.virsh("resume")
        self.assertEqual(self.end_of(process), (7, b"got it\n", b""))

    def test_a_client_is_killed_while_it_is_suspended(self):
        process = self.running(LOOP)
        self.virsh("suspend")
        process.kill()
        self.assertEqual(self.wait(process)[0], 137)
        self.eventually(lambda: NAME not in self.domains())

    def test_only_root_inside_may_ask(self):
        result = self.run_sandbox("sh", "-c", ": >>/dev/initctl", options=["--user", "nobody"])
        self.assertNotEqual(result.status, 0)
