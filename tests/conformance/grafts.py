# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mounts that need each other, or a place that is not there yet."""

import os

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
            ([], "/dev/null", "echo x >/b; cat /b", ""),
        ]
        for mounts, source, script, out in cases:
            with self.subTest(source, mounts=mounts):
                self.assert_shows([*mounts, f"guest-bind,source={source},target=/b"], script, out)

    def test_a_guest_bind_of_itself_or_of_nothing(self):
        for mounts in (["guest-bind,source=/a,target=/b", "guest-bind,source=/b,target=/a"],
                       ["guest-bind,source=/a,target=/a"], ["guest-bind,source=/no/such,target=/a"]):
            with self.subTest(mounts):
                options = [word for mount in mounts for word in ("--mount", "type=" + mount)]
                self.assert_refused(self.run_sandbox("true", options=options), "'/a'")
