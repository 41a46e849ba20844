# SPDX-License-Identifier: LGPL-2.1-or-later
"""The exit status is the command's, as a shell would show it."""

import signal

from harness import Conformance

SELF = "kill -{} $$; sleep 5"

STATUSES = {
    # what: (command, status)
    "success": (["true"], 0),
    "failure": (["false"], 1),
    "any number": (["sh", "-c", "exit 7"], 7),
    "the largest number": (["sh", "-c", "exit 255"], 255),
    "125 of the command's own": (["sh", "-c", "exit 125"], 125),
    "SIGKILL": (["sh", "-c", SELF.format("KILL")], 137),
    "SIGTERM": (["sh", "-c", SELF.format("TERM")], 143),
    "SIGSEGV": (["sh", "-c", SELF.format("SEGV")], 139),
    "SIGHUP": (["sh", "-c", SELF.format("HUP")], 129),
    "SIGPIPE is not ignored": (["sh", "-c", SELF.format("PIPE")], 141),
    "orphans do not matter": (["sh", "-c", "sleep 1000 & exit 5"], 5),
    "an orphan that keeps the streams": (["sh", "-c", "setsid sleep 1000 & exit 6"], 6),
    "many orphans": (["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.01 &) ; done; sleep 0.1; exit 8"], 8),
    "killing every process": (["sh", "-c", "sleep 1000 & trap '' TERM; kill -TERM -1; wait; exit 4"], 4),
}

NOT_RUN = {
    # what: (command, status, what the line on standard error mentions)
    "a path that does not exist": (["/nonexistent"], 127, "/nonexistent"),
    "a name that is not on the PATH": (["sandgraft-no-such-command"], 127, "sandgraft-no-such-command"),
    "below a file": (["/etc/passwd/x"], (126, 127), "/etc/passwd/x"),
    "a file that is not executable": (["/etc/passwd"], 126, "/etc/passwd"),
    "a directory": (["/etc"], 126, "/etc"),
    "an empty name": ([""], (125, 127), ""),
}

FORWARDED = ("TERM", "HUP", "INT", "QUIT", "USR1", "USR2")


class Statuses(Conformance):
    def test_statuses(self):
        for what, (command, status) in STATUSES.items():
            with self.subTest(what):
                result = self.run_sandbox(*command)
                self.assertEqual((result.status, result.stdout, result.stderr), (status, b"", b""))

    def test_what_cannot_be_run(self):
        for what, (command, status, mention) in NOT_RUN.items():
            with self.subTest(what):
                result = self.run_sandbox(*command)
                self.assertIn(result.status, status if isinstance(status, tuple) else (status,))
                self.assertEqual((result.stdout, result.stderr.count(b"\n")), (b"", 1), result.stderr)
                self.assertIn(mention.encode(), result.stderr)

    def test_signals_to_the_client_reach_the_command(self):
        for name in FORWARDED:
            with self.subTest(name):
                script = f"trap 'echo got {name}; exit 9' {name}; echo ready; while :; do sleep 0.02; done"
                process = self.start("sh", "-c", script)
                self.assertEqual(process.stdout.readline(), b"ready\n")
                process.send_signal(getattr(signal, "SIG" + name))
                self.assertEqual(process.stdout.read(), f"got {name}\n".encode())
                self.assertEqual(self.wait(process)[0], 9)

    def test_signals_that_kill_the_command(self):
        for name in ("TERM", "INT", "HUP"):
            with self.subTest(name):
                process = self.start("sh", "-c", "echo ready; exec sleep 1000")
                self.assertEqual(process.stdout.readline(), b"ready\n")
                process.send_signal(getattr(signal, "SIG" + name))
                self.assertEqual(self.wait(process)[0], 128 + getattr(signal, "SIG" + name))
