# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mounts that need each other, or a place that is not there yet."""

import os
import stat

from harness import Conformance


class Grafts(Conformance):
    def host_file(self, content="from the host"):
        path = os.path.join(self.scratch(), "file")
        os.chmod(os.path.dirname(path), 0o755)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def assert_shows(self, mounts, script, out):
        options = [word for mount in mounts for word in ("--mount", "type=" + mount)]
        result = self.shell(script, options=options)
        self.assertEqual((result.status, result.text, result.stderr), (0, out, b""), mounts)

    def test_a_guest_bind_of_what_a_mount_makes(self):
        """Its target is missing in the root, and what it has to be shows from the mount alone."""
        file = self.host_file()
        directory = os.path.dirname(file)
        cases = [
            (["ram,target=/g"], "/g", "echo x >/g/x; cat /b/x", "x\n"),
            (["ram,target=/g", "file,target=/g/a/f,content=x"], "/g/a", "cat /b/f", "x"),
            (["ram,target=/g", "file,target=/g/a/f,content=x"], "/g/a/f", "cat /b", "x"),
            (["file,target=/g,content=x"], "/g", "cat /b", "x"),
            ([f"bind,source={directory},target=/g"], "/g/file", "cat /b", "from the host"),
            ([f"bind,source={file},target=/g"], "/g", "cat /b", "from the host"),
            (["guest-bind,source=/etc,target=/g"], "/g/passwd", "cmp /b /etc/passwd", ""),
            (["guest-bind,source=/etc,target=/g", "guest-bind,source=/g,target=/h"], "/h", "cmp /b/passwd /etc/passwd", ""),
            (["file,target=/run/a/f,content=x"], "/run/a", "cat /b/f", "x"),
            ([], "/tmp", "echo x >/tmp/x; cat /b/x", "x\n"),
            ([], "/var/tmp", "echo x >/b/x; cat /var/tmp/x", "x\n"),
        ]
        for mounts, source, script, out in cases:
            with self.subTest(source, mounts=mounts):
                self.assert_shows([*mounts, f"guest-bind,source={source},target=/b"], script, out)
        self.assert_shows(["guest-bind,source=/dev/null,target=/b,dev"], "echo x >/b; cat /b", "")

    def test_targets_below_what_is_not_there(self):
        """Whoever makes the mount, and whatever its source is: the directories above it appear."""
        file = self.host_file()
        directory = os.path.dirname(file)
        sources = {f"bind,source={file}": ("cat", "from the host"), f"bind,source={directory}": ("ls", "file\n"),
                   "file,content=given": ("cat", "given"), "guest-bind,source=/etc/hostname": ("cmp /etc/hostname", ""),
                   "ram": ("ls", "")}
        places = "/run/a/b", "/tmp/a/b", "/var/tmp/a/b", "/g/a/b", "/var/lock/a/b", "/var/lock/b", "/mnt/a/b"
        for source, (command, out) in sources.items():
            for place in places:
                with self.subTest(source, place=place):
                    self.assert_shows(["ram,target=/g", f"{source},target={place}"], f"{command} {place}", out)

    def test_a_target_that_is_a_link(self):
        """/var/lock is one to /run/lock, where nothing is."""
        if not os.path.islink("/var/lock"):
            self.skipTest("this machine has a directory of its own at /var/lock")
        file = self.host_file()
        for source, command, out in (("ram", "ls", ""), (f"bind,source={os.path.dirname(file)}", "ls", "file\n"),
                                     ("guest-bind,source=/etc", "test -f /var/lock/passwd && echo", "/var/lock\n")):
            with self.subTest(source):
                self.assert_shows([f"{source},target=/var/lock"], f"{command} /var/lock", out)

    def test_several_below_one_directory(self):
        file = self.host_file()
        mounts = [f"bind,source={file},target=/run/a/{name}" for name in ("one", "two")]
        mounts += ["ram,target=/run/a/ram", "file,target=/run/a/b/three,content=x"]
        self.assert_shows(mounts, "ls /run/a; cat /run/a/one /run/a/b/three", "b\none\nram\ntwo\nfrom the hostx")

    def test_a_bind_of_a_device(self):
        """The kernel would not let it be opened anyway."""
        disk = os.path.join(self.scratch(), "disk")
        os.mknod(disk, stat.S_IFBLK | 0o600, os.makedev(7, 99))
        result = self.run_sandbox("true", options=["--mount", f"type=bind,source={disk},target=/etc/motd"])
        self.assert_refused(result, f"'{disk}'", "'/etc/motd'", "block device")

    def test_a_target_in_a_guest_bind(self):
        """It is made where that shows memory, at both places, and nowhere else."""
        for source in "/g", "/tmp", "/run/a":
            with self.subTest(source):
                mounts = ["ram,target=/g", "file,target=/run/a/b,content=", f"guest-bind,source={source},target=/h",
                          "guest-bind,source=/h,target=/i", "file,target=/i/new/file,content=x"]
                self.assert_shows(mounts, f"cat /i/new/file; ls {source}/new", "xfile\n")
        for source in "/etc", "/h":
            with self.subTest(source):
                options = ["--mount", f"type=guest-bind,source={source},target=/h",
                           "--mount", "type=file,target=/h/new/file,content=x"]
                self.assert_refused(self.run_sandbox("true", options=options), "'/h")

    def test_a_mount_that_a_guest_bind_would_hide(self):
        """The hypervisor's are there before any guest bind is."""
        for source in f"bind,source={self.scratch()}", "ram":
            with self.subTest(source):
                options = ["--mount", "type=guest-bind,source=/usr,target=/srv", "--mount", f"type={source},target=/srv/share"]
                self.assert_refused(self.run_sandbox("true", options=options), "'/srv/share'", "guest bind at '/srv'")

    def test_a_guest_bind_of_itself_or_of_nothing(self):
        for mounts in (["guest-bind,source=/a,target=/b", "guest-bind,source=/b,target=/a"],
                       ["guest-bind,source=/a,target=/a"], ["guest-bind,source=/no/such,target=/a"]):
            with self.subTest(mounts):
                options = [word for mount in mounts for word in ("--mount", "type=" + mount)]
                self.assert_refused(self.run_sandbox("true", options=options), "'/a'")
