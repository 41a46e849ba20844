# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the words of the command line come to in a running sandbox."""

import json
import os
import pathlib
import pwd
import subprocess
import unittest

from harness import IDLE, Conformance, unique_name


class CommandLine(Conformance):
    def foreign_directory(self):
        """One that belongs to somebody whom nobody knows."""
        place = self.scratch()
        os.chown(place, 12345, 23456)
        return place

    def test_a_volume_and_a_relative_directory_are_the_callers(self):
        place = self.scratch()
        os.mkdir(f"{place}/sub")
        result = self.shell("pwd; echo x > made", options=["-v", ".:/srv", "-w", "sub"], cwd=place)
        self.assertEqual((result.status, result.stderr, result.text), (0, b"", "/srv/sub\n"))
        self.assertTrue(os.path.exists(f"{place}/sub/made"))

    def test_a_read_only_volume(self):
        result = self.shell("echo x > /srv/made", options=["-v", f"{self.scratch()}:/srv:ro"])
        self.assertIn(b"Read-only file system", result.stderr)

    @unittest.skipIf(os.geteuid() != 0, "only root may give a directory away")
    def test_the_owner_of_a_directory(self):
        place = self.foreign_directory()
        options = ["-v", f"{place}:/srv", "-u", f"@{place}"]
        result = self.shell("echo x > /srv/made; stat -c %u:%g /srv/made", options=options)
        self.assertEqual((result.status, result.stderr, result.text), (0, b"", "12345:23456\n"))

    @unittest.skipIf(os.geteuid() != 0, "only root may give a directory away")
    def test_root_is_told_that_it_cannot_write(self):
        place = self.foreign_directory()
        hint = f"'-u @{place}' runs the command as its owner".encode()
        for options, told in (([], True), (["-u", "root"], False), (["--privileged"], False)):
            with self.subTest(options):
                result = self.run_sandbox("true", options=["-v", f"{place}:/srv", *options])
                self.assertEqual((result.status, hint in result.stderr), (0, told))
        self.assertEqual(self.run_sandbox("true", options=["-v", f"{place}:/srv:ro"]).stderr, b"")

    def test_a_user_and_a_group_by_name(self):
        result = self.shell("id -un; id -gn", options=["-u", "daemon:users"])
        self.assertEqual((result.status, result.stderr, result.text), (0, b"", "daemon\nusers\n"))
        self.assert_refused(self.run_sandbox("true", options=["-u", "daemon:no-such-group"]), "/etc/group", "no-such-group")

    @unittest.skipIf(os.geteuid() != 0, "only root may add a user")
    def test_a_user_whom_no_file_knows(self):
        """Here it is systemd's user database that knows."""
        self.make_record("user", "sgfar", 71234, {"gid": 71235, "homeDirectory": "/srv/far"})
        self.make_record("group", "sgteam", 71236, {})
        if not knows_user("sgfar"):
            self.skipTest("this machine's nsswitch.conf(5) does not name systemd")
        script = 'echo "$(id -u):$(id -g) $USER $HOME"'
        for user, shown in (("sgfar", "71234:71235 sgfar /srv/far"), ("71234", "71234:71235 sgfar /srv/far"),
                            ("sgfar:sgteam", "71234:71236 sgfar /srv/far"), ("daemon:sgteam", "1:71236 daemon /usr/sbin")):
            with self.subTest(user):
                result = self.shell(script, options=["-u", user])
                self.assertEqual((result.status, result.stderr, result.text), (0, b"", shown + "\n"))
        self.assert_executed_as("sgfar:sgteam", "71234:71236 sgfar /srv/far\n", script)
        refused = self.run_sandbox("true", options=["-u", "sgnobody"])
        self.assert_refused(refused, "/etc/passwd", "user database", "'sgnobody'")

    def assert_executed_as(self, user, shown, script):
        name = unique_name()
        self.addCleanup(self.keep(name, IDLE, []))
        self.ask("start", name)
        done = subprocess.run([self.program, "exec", "-u", user, name, "--", "sh", "-c", script], check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, shown))

    @unittest.skipIf(os.geteuid() != 0, "only root may make such a root")
    def test_another_root_has_its_own_users(self):
        """An empty /etc/passwd, where the machine's would have the name."""
        root = self.scratch()
        for name in ("proc", "sys", "dev", "run", "tmp", "etc"):
            os.mkdir(f"{root}/{name}")
        refused = self.run_sandbox("true", options=["--root", root, "-u", "daemon"])
        self.assert_refused(refused, "the sandbox's /etc/passwd has no user 'daemon'")

    def make_record(self, kind, name, number, settings):
        """Drops a user or group into the user database, until the test's end."""
        place = pathlib.Path("/run/userdb")
        place.mkdir(exist_ok=True)
        record = place / f"{name}.{kind}"
        named = {"user": ("userName", "uid"), "group": ("groupName", "gid")}[kind]
        record.write_text(json.dumps({named[0]: name, named[1]: number, **settings}), encoding="utf-8")
        self.addCleanup(record.unlink)
        by_number = place / f"{number}.{kind}"
        by_number.symlink_to(record.name)
        self.addCleanup(by_number.unlink)


def knows_user(name):
    try:
        return pwd.getpwnam(name) is not None
    except KeyError:
        return False
