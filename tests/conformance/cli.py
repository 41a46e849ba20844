# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the words of the command line come to in a running sandbox."""

import os
import unittest

from harness import Conformance


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
