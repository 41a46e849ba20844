# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sandboxes that boot systemd into units: the three profiles, what runs beside it, its end."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import Conformance, unique_name

# A service that says what it is, and ends in order only when it is told to.
TALKER = """\
[Unit]
Description=A small service
[Service]
Type=exec
ExecStart=sh -c 'exec >/dev/console; trap "echo bye; exit 0" TERM; echo "$GREETING"; while :; do sleep 0.1; done'
"""

# One that fails, and one that never says that it has started.
BROKEN = """\
[Service]
Type=oneshot
ExecStart=sh -c 'echo no luck today; exit 3'
"""
STUCK = """\
[Service]
Type=notify
ExecStart=sleep 1000
"""
UNITS = {"talker.service": TALKER, "broken.service": BROKEN, "stuck.service": STUCK}
PROFILES = ("bare", "minimal", "full")


@unittest.skipIf(os.geteuid() != 0, "only root may make such a root")
class Services(Conformance):
    root: str

    @classmethod
    def setUpClass(cls):
        """The machine's root with a few more units, from outside the machine's own files."""
        place = tempfile.mkdtemp(prefix="sandgraft-conformance-")
        cls.addClassCleanup(shutil.rmtree, place)
        mount("-t", "tmpfs", "tmpfs", place)  # an overlay takes no layer that lies in another
        cls.addClassCleanup(subprocess.run, ["umount", place], check=True)
        units = pathlib.Path(place, "upper/etc/systemd/system")
        units.mkdir(parents=True)
        for name, text in UNITS.items():
            (units / name).write_text(text, encoding="utf-8")
        cls.root = f"{place}/root"
        os.mkdir(cls.root)
        mount("-t", "overlay", "-o", f"lowerdir={place}/upper:/", "overlay", cls.root)
        cls.addClassCleanup(subprocess.run, ["umount", cls.root], check=True)

    def told(self, *words, limit=60):
        """A command of sandgraft: its status, output and error output."""
        result = subprocess.run([self.program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, check=False, timeout=limit * self.backend.patience)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def create_system(self, profile, *options, unit="talker"):
        name = unique_name()
        created = self.told("create", name, "--root", self.root, "--profile", profile, "--unit", unit, *options)
        self.assertEqual(created, (0, "", ""))
        self.addCleanup(self.told, "rm", "--force", name)
        return name

    def start_system(self, profile, *options):
        name = self.create_system(profile, *options)
        self.assertEqual(self.told("start", name), (0, "", ""))
        return name

    def inside(self, name, *command):
        status, output, errors = self.told("exec", name, "--", *command)
        self.assertEqual(status, 0, output + errors)
        return output

    def test_every_profile_boots_and_ends_in_order(self):
        for profile in PROFILES:
            with self.subTest(profile):
                name = self.start_system(profile, "-e", "GREETING=hello there")
                self.assertEqual(self.inside(name, "systemctl", "is-system-running"), "running\n")
                self.assertEqual(self.inside(name, "systemctl", "is-active", "talker.service"), "active\n")
                self.eventually(lambda: "hello there" in self.told("logs", name)[1])
                attached = self.start_program(["logs", "-f", name])
                self.assertEqual(self.told("stop", name), (0, "", ""))
                self.assertIn(b"bye", attached.communicate()[0])

    def test_a_unit_that_fails_is_told_with_its_log(self):
        name = self.create_system("minimal", unit="broken")
        status, output, errors = self.told("start", name)
        self.assertEqual((status, output), (1, ""))
        self.assertIn(f"the units of '{name}' do not all run\n  broken.service: exit-code\n", errors)
        self.assertIn("    no luck today\n", errors)
        self.assertIn("no luck today", self.told("logs", "-u", "broken", "-n", "20", name)[1])

    def test_a_unit_that_does_not_start_in_time_is_told(self):
        name = self.create_system("bare", unit="stuck")
        status, _, errors = self.told("start", "--timeout", "2", name)
        self.assertEqual(status, 1)
        self.assertIn(f"the units of '{name}' were not started in time\n  stuck.service: in progress\n", errors)

    def test_what_is_not_waited_for(self):
        for readiness in ("booted", "none"):
            with self.subTest(readiness):
                name = self.create_system("bare", unit="stuck")
                self.assertEqual(self.told("start", "--wait", readiness, name), (0, "", ""))

    def test_it_starts_with_what_a_container_has(self):
        name = self.start_system("bare")
        machine = self.inside(name, "cat", "/etc/machine-id").strip()
        uuid = subprocess.run(["virsh", "-c", self.backend.uri, "domuuid", name], stdout=subprocess.PIPE, check=True)
        self.assertEqual(machine, uuid.stdout.decode().strip().replace("-", ""))
        self.assertEqual(self.inside(name, "cat", "/etc/hostname", "/proc/sys/kernel/hostname"), f"{name}\n{name}\n")
        self.assertEqual(self.inside(name, "readlink", "/proc/1/exe").strip().rpartition("/")[2], "systemd")
        self.assertEqual(self.inside(name, "systemd-detect-virt", "--container"), "container-other\n")

    def test_processes_beside_it_are_in_a_slice(self):
        name = self.start_system("minimal")
        self.assertIn("sandgraft.slice", self.inside(name, "cat", "/proc/self/cgroup"))
        self.assertIn("cat /dev", self.inside(name, "sh", "-c", "cat /dev/zero >/dev/null & systemctl status sandgraft.slice"))

    def test_systemd_ends_by_itself(self):
        name = self.start_system("minimal")
        self.told("exec", name, "--", "systemctl", "poweroff")
        self.assertEqual(self.told("wait", name)[0], 0)
        self.eventually(lambda: name not in self.running())

    def test_the_walls_stand_before_its_root(self):
        """It has all capabilities, in its own user namespace."""
        name = self.start_system("bare")
        for attempt in ("mount -t cgroup2 none /mnt", "umount -l /sys/fs/cgroup", "umount -l /etc/machine-id",
                        "mount -o remount,rw /", "touch /etc/x", "mount -t sysfs none /mnt", "mknod /tmp/disk b 8 0",
                        "umount -l /root", "echo 1 > /sys/kernel/mm/ksm/run"):
            with self.subTest(attempt):
                self.assertNotEqual(self.told("exec", name, "--", "sh", "-c", attempt)[0], 0)
        groups = self.inside(name, "sh", "-c", "cat /proc/1/cgroup; ls /sys/fs/cgroup")
        self.assertNotIn("libvirt", groups)

    def test_an_agent_that_is_killed_holds_nobody_up(self):
        """The root inside may do so."""
        name = self.start_system("bare")
        self.told("exec", name, "--", "sh", "-c", "kill -9 $(pgrep -f ^@)")
        self.told("rm", "--force", name)
        self.eventually(lambda: name not in self.domains())

    def test_units_that_there_are_not(self):
        refused = self.told("run", "--unit", "no-such-unit")
        self.assertEqual(refused, (125, "", "sandgraft run: unit 'no-such-unit.service' is not-found\n"))

    def test_the_words_that_make_it_again(self):
        name = self.start_system("bare", "-e", "A=b")
        shown = self.told("show", name)[1]
        self.assertEqual(shown, f"sandgraft create {name} --root={self.root} --env=A=b --unit=talker.service --profile=bare\n")

    def running(self):
        return re.findall(r"^(\S+)", self.told("list")[1], re.MULTILINE)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)
