# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a graft may hold: nothing in it gives a right that its mount does not ask for."""

import os
import stat

from harness import Conformance


class Flags(Conformance):
    def flags(self, target, *mounts):
        """Which of suid and dev a mount has inside."""
        options = [word for mount in mounts for word in ("--mount", mount)]
        found = self.shell(f"findmnt -n -o VFS-OPTIONS --mountpoint {target} | tail -n 1", options=options)
        self.assertEqual(found.status, 0, found.stderr)
        return {"suid", "dev"} - {word.removeprefix("no") for word in found.text.strip().split(",")}

    def test_asked_for_by_name(self):
        host = self.scratch()
        for source in f"type=bind,source={host}", "type=guest-bind,source=/usr":
            for given, flags in (("", set()), (",readonly", set()), (",suid", {"suid"}), (",dev", {"dev"}),
                                 (",suid,dev,readonly", {"suid", "dev"})):
                with self.subTest(source + given):
                    self.assertEqual(self.flags("/srv", f"{source},target=/srv{given}"), flags)

    def test_each_mount_has_its_own(self):
        host = self.scratch()
        os.mkdir(f"{host}/in")
        mounts = [f"type=bind,source={host},target=/srv", f"type=bind,source={host},target=/srv/in,suid"]
        self.assertEqual(self.flags("/srv", *mounts), set())
        self.assertEqual(self.flags("/srv/in", *mounts), {"suid"})
        self.assertEqual(self.flags("/srv/in", mounts[0] + ",suid", mounts[1].removesuffix(",suid")), set())
        self.assertEqual(self.flags("/opt/in", f"type=bind,source={host},target=/opt/in", "type=mask,target=/opt"), set())

    def test_what_is_made_in_memory_has_none(self):
        for mount in "type=ram,target=/srv", "type=file,target=/etc/motd,content=x", "type=mask,target=/srv":
            with self.subTest(mount):
                self.assertEqual(self.flags(mount.split("target=")[1].split(",")[0], mount), set())

    def test_devices(self):
        """A node that the host keeps in the graft; the sandbox's own /dev/zero shows that devices as such are allowed."""
        host = self.scratch()
        os.chmod(host, 0o755)
        os.mknod(f"{host}/zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.chmod(f"{host}/zero", 0o666)
        for flag, status_is_good in (("", False), (",dev", True)):
            with self.subTest(flag):
                result = self.shell("head -c 1 /dev/zero && head -c 1 /srv/zero",
                                    options=["--mount", f"type=bind,source={host},target=/srv{flag}"])
                self.assertEqual((result.status == 0, len(result.stdout)), (status_is_good, 1 + status_is_good))
