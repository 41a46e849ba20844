# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client that may not mount gets what libvirt alone can do, and is told the difference."""

import os
import subprocess

from harness import Conformance

WITHOUT_MOUNTING = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]


class WithoutTheRightToMount(Conformance):
    def setUp(self):
        # libvirt creates a directory in the root that it is given: it gets one that vanishes with this environment.
        place = "/run/sandgraft-fallback"
        self.root = f"{place}/root"
        if os.path.isdir(self.root):
            return
        os.makedirs(f"{place}/skeleton/.oldroot")
        os.mkdir(self.root)
        subprocess.run(["mount", "-t", "overlay", "-o", f"ro,lowerdir={place}/skeleton:/", "none", self.root], check=True)

    def run_without(self, *command, options=()):
        return subprocess.run([*WITHOUT_MOUNTING, *self.argv(*command, options=("--root", self.root, *options))],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20, check=False)

    def test_the_command_runs_and_the_difference_is_told_in_one_line(self):
        result = self.run_without("sh", "-c", "echo out; touch /etc/x || exit 7")
        warning, *rest = result.stderr.decode().splitlines()
        self.assertEqual((result.returncode, result.stdout), (7, b"out\n"), result.stderr)
        self.assertIn("warning: the root is used as it is: ", warning)
        self.assertEqual(len(rest), 1, "only touch complains")

    def test_a_missing_target_is_refused_since_no_view_can_add_it(self):
        result = self.run_without("true", options=("--mount", "type=ram,target=/no/such/place"))
        self.assertEqual(result.returncode, 125)
        self.assertIn(b"the mount target '/no/such/place' does not exist below", result.stderr)

    def test_an_existing_target_is_used(self):
        result = self.run_without("sh", "-c", "touch /mnt/x && echo made", options=("--mount", "type=ram,target=/mnt"))
        self.assertEqual((result.returncode, result.stdout), (0, b"made\n"), result.stderr)
