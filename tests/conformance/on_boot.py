# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host's unit of a kept sandbox, and what it runs. The directory of the machine's units is another one here."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import unittest

from harness import Conformance

UNITS = "/etc/systemd/system"
ELSEWHERE = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             f'mount --bind "$1" {UNITS} && shift && exec "$@"', "sh"]

# name of a sandbox: what is in that of its unit
ESCAPED = {
    "plain-one.x": "plain-one.x",
    "two words": r"two\x20words",
    "a@b%c": r"a\x40b\x25c",
    "ü\\": r"\xc3\xbc\x5c",
}

SERVICE = "trap 'echo HUP' HUP; trap 'echo TERM; exit 0' TERM; echo up; while :; do sleep 0.05; done"


@unittest.skipUnless(os.geteuid() == 0 and os.path.isdir(UNITS), "not root, or a machine without systemd's directories")
class OnBoot(Conformance):
    def setUp(self):
        self.units = pathlib.Path(self.scratch())
        self.units.chmod(0o755)

    def sandgraft(self, *words, status=0):
        done = subprocess.run([*ELSEWHERE, self.units, self.program, "-c", self.backend.uri, *words], check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def create(self, name, *words):
        self.addCleanup(lambda: subprocess.run([self.program, "-c", self.backend.uri, "rm", "--force", name], check=False,
                                               stderr=subprocess.DEVNULL))
        self.sandgraft("create", "--on-boot", name, "--", *(words or ["true"]))

    def files(self):
        return sorted(str(path.relative_to(self.units)) for path in self.units.rglob("*") if not path.is_dir())

    def assert_units(self, *names):
        paths = [f"{place}sandgraft-{name}.service" for place in ("multi-user.target.wants/", "") for name in sorted(names)]
        self.assertEqual(self.files(), sorted(paths))

    def test_a_unit_comes_and_goes_with_its_sandbox(self):
        for name, escaped in ESCAPED.items():
            with self.subTest(name):
                self.create(name)
                self.assert_units(escaped)
                wanted = self.units / f"multi-user.target.wants/sandgraft-{escaped}.service"
                self.assertEqual(os.readlink(wanted), f"{UNITS}/sandgraft-{escaped}.service")
                self.assertIn("create --on-boot ", self.sandgraft("show", name).stdout)
                self.sandgraft("rm", name)
                self.assert_units()

    def test_a_unit_whose_sandbox_has_vanished(self):
        self.create("boot-vanished")
        subprocess.run(["virsh", "-q", "-c", self.backend.uri, "undefine", "boot-vanished"], check=True,
                       stdout=subprocess.DEVNULL)
        self.assertEqual(self.sandgraft("rm", "boot-vanished").stderr, "")
        self.assert_units()
        self.assertIn("there is no sandbox 'boot-vanished'", self.sandgraft("rm", "boot-vanished", status=1).stderr)

    def test_systemd_takes_it(self):
        for name, escaped in ESCAPED.items():
            self.create(name)
            unit = f"sandgraft-{escaped}.service"
            verified = self.sandgraft("units", "verify", "--machine", unit)
            self.assertNotIn("error", verified.stdout)
            if shutil.which("systemd-analyze") is None:
                continue
            told = subprocess.run(["systemd-analyze", "verify", "--man=no", self.units / unit], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertNotIn("sandgraft", told.stdout)

    def test_another_name_and_another_sandbox(self):
        self.create("boot-old")
        self.assertIn("'boot-copy' is not started on boot", self.sandgraft("clone", "boot-old", "boot-copy").stderr)
        self.sandgraft("rm", "boot-copy")
        self.assertIn("sandgraft-boot-new.service", self.sandgraft("rename", "boot-old", "boot-new").stderr)
        self.assert_units("boot-new")
        self.assertIn("boot-new", (self.units / "sandgraft-boot-new.service").read_text(encoding="utf-8"))
        self.sandgraft("rm", "boot-new")
        self.assert_units()

    def test_a_unit_of_somebody_elses(self):
        """It stays, and there is no sandbox without the unit that was asked for."""
        other = self.units / "sandgraft-boot-other.service"
        other.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
        told = self.sandgraft("create", "--on-boot", "boot-other", "--", "true", status=1).stderr
        self.assertIn("sandgraft-boot-other.service': File exists", told)
        self.assertNotIn("boot-other", self.domains())
        self.sandgraft("create", "boot-other", "--", "true")
        self.sandgraft("rm", "boot-other")
        self.assertTrue(other.exists())


class Served(Conformance):
    """What the unit runs, with this test as its service manager."""

    def serve(self, name, *command):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        place = f"{self.scratch()}/notify"
        manager.bind(place)
        manager.settimeout(20 * self.backend.patience)
        subprocess.run([self.program, "-c", self.backend.uri, "create", name, "--", *command], check=True)
        self.addCleanup(lambda: subprocess.run([self.program, "-c", self.backend.uri, "rm", "--force", name], check=True))
        process = self.start_program(["serve", "-c", self.backend.uri, name], env={**os.environ, "NOTIFY_SOCKET": place},
                                     stdin=subprocess.DEVNULL)
        return process, manager

    def await_state(self, manager, state):
        told = []
        while not told or state not in told[-1].split("\n"):
            told.append(manager.recv(4096).decode())
        return told

    def test_the_manager_is_told(self):
        process, manager = self.serve("boot-served", "sh", "-c", SERVICE)
        told = self.await_state(manager, "READY=1")
        self.assertTrue(all("STATUS=" in state for state in told), told)
        self.assertEqual(process.stdout.readline(), b"up\n")
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.stdout.readline(), b"HUP\n")
        process.send_signal(signal.SIGTERM)
        self.await_state(manager, "STOPPING=1")
        self.assertEqual(process.stdout.readline(), b"TERM\n")
        self.assertEqual(self.wait(process)[0], 0)

    def test_a_command_that_cannot_run(self):
        process, _ = self.serve("boot-broken", "/nonexistent")
        self.assertEqual(self.wait(process)[0], 127)
        self.assertIn(b"cannot execute", process.stderr.read())

    def test_an_end_by_itself(self):
        process, _ = self.serve("boot-short", "sh", "-c", "echo said; exit 3")
        self.assertEqual((process.stdout.read(), self.wait(process)[0]), (b"said\n", 3))
