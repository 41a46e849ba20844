# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wrong input to the command line: status 125 and one line that names what, within 2 s and 256 MiB."""

import os

from harness import Conformance

MOUNTS = {
    # the option string: what the message mentions
    "": "",
    ",": "",
    "type=bind": "type=bind",
    "type=frob,target=/srv": "frob",
    "type=,target=/srv": "type",
    "target=/srv": "target=/srv",
    "type=ram": "target",
    "type=bind,source=/usr,target=": "target",
    "type=bind,source=,target=/srv": "source",
    "type=bind,source=/usr,target=srv": "srv",
    "type=bind,source=usr,target=/srv": "usr",
    "type=bind,source=/usr,target=/srv/../etc": "/srv/../etc",
    "type=bind,source=/usr/../etc,target=/srv": "/usr/../etc",
    "type=bind,source=/usr,target=/": "/",
    "type=bind,source=/usr,target=/srv,frob=1": "frob",
    "type=bind,source=/usr,target=/srv,frob": "frob",
    "type=bind,source=/usr,target=/srv,target=/mnt": "target",
    "type=bind,source=/usr,target=/srv,readonly=perhaps": "perhaps",
    "type=bind,source=/usr,target=/srv,size=1M": "size",
    "type=bind,source=/nonexistent,target=/srv": "/nonexistent",
    "type=ram,target=/srv,size=0": "0",
    "type=ram,target=/srv,size=": "size",
    "type=ram,target=/srv,size=-1": "-1",
    "type=ram,target=/srv,size=1Q": "1Q",
    "type=ram,target=/srv,size=1.5M": "1.5M",
    "type=ram,target=/srv,size=99999999999999999999": "99999999999999999999",
    "type=ram,target=/srv,size=18446744073709551615G": "18446744073709551615G",
    "type=ram,target=/srv,source=/usr": "source",
    "type=file,target=/etc/motd,content=x,mode=99": "99",
    "type=file,target=/etc/motd,content=x,mode=77777": "77777",
    "type=file,target=/etc/motd,source=/nonexistent": "/nonexistent",
    "type=file,target=/etc/motd,source=/dev/zero": "/dev/zero",
    "type=file,target=/etc/motd,source=/etc": "/etc",
    'type=ram,"target=/srv': "",
    "type=ram,target=/" + "x" * 100_000: "",
    ",".join(["type=ram"] + ["target=/srv"] * 10_000): "target",
}

OPTIONS = {
    # what: (options, mentions)
    "two mounts on one target": (["--mount", "type=ram,target=/srv", "--mount", "type=ram,target=/srv"], ["/srv"]),
    "two mounts on one target, spelt differently": (
        ["--mount", "type=ram,target=/srv", "--mount", "type=ram,target=/srv/"], ["/srv"]),
    "an unknown option": (["--frob"], ["--frob"]),

    "an unknown driver": (["--virt", "frob"], ["frob"]),
    "an empty name": (["--name", ""], ["name"]),
    "a name with a slash": (["--name", "a/b"], ["a/b"]),
    "a name with a newline": (["--name", "a\nb"], ["name"]),
    "an empty user": (["--user", ""], ["user"]),
    "a very long name": (["--name", "x" * 10_000], ["name"]),
    "a relative root": (["--root", "usr"], ["usr"]),
    "a root that does not exist": (["--root", "/nonexistent"], ["/nonexistent"]),
    "a root that is a file": (["--root", "/etc/passwd"], ["/etc/passwd"]),
    "a relative directory": (["--workdir", "usr"], ["usr"]),
    "a directory that does not exist": (["--workdir", "/nonexistent"], ["/nonexistent"]),
    "an environment variable without a name": (["--env", "=x"], ["environment"]),
    "an empty environment variable": (["--env", ""], ["environment"]),
    "an unknown user": (["--user", "no-such-user"], ["no-such-user"]),
    "a user number that overflows": (["--user", "99999999999"], ["99999999999"]),
    "the user number that means none": (["--user", "4294967295"], ["4294967295"]),
    "memory that is no number": (["--memory", "much"], ["much"]),
    "memory that overflows": (["--memory", "99999999999G"], ["99999999999G"]),
    "no processors": (["--vcpus", "0"], ["0"]),
    "an unknown channel": (["--channel", "frob"], ["frob"]),
    "files that are too large together": (
        [word for i in range(20) for word in ("--mount", f"type=file,target=/srv/{i},content=" + "x" * 100_000)], []),
}

UNREACHABLE = {
    # the URI: what the message mentions
    "lxc+unix:///system?socket=/nonexistent": "/nonexistent",
    "frob:///system": "frob",
    "lxc:///frob": "",
}

INSTALLED_INIT = "/usr/libexec/sandgraft/sandgraft-init"  # where none is named


class BadInput(Conformance):
    def check(self, *mentions, options=(), command=("true",)):
        result = self.run_sandbox(*command, options=options)
        self.assert_refused(result, *mentions)
        self.assertLess(result.seconds, 2 * self.backend.patience)
        self.assert_uses_less(result.peak_kib, 256 * 1024)
        self.assertLess(len(result.stderr), 2000)

    def test_mounts(self):
        for option, mention in MOUNTS.items():
            with self.subTest(option[:80]):
                self.check(mention, options=["--mount", option])

    def test_options(self):
        for what, (options, mentions) in OPTIONS.items():
            with self.subTest(what):
                self.check(*mentions, options=options)

    def test_no_command(self):
        self.check(command=())

    def test_the_program_alone(self):
        for arguments, mention in (["frob"], b"frob"), ([], b"Usage: "):
            with self.subTest(arguments):
                process = self.start_program(arguments)
                self.assertEqual(self.wait(process)[0], 125)
                self.assertIn(mention, process.stdout.read() + process.stderr.read())

    def test_an_installation_without_its_guard(self):
        place = self.scratch()
        init, guard = f"{place}/sandgraft-init", f"{place}/sandgraft-guard"
        os.symlink(os.environ.get("SANDGRAFT_INIT", INSTALLED_INIT), init)
        environment = {**os.environ, "SANDGRAFT_INIT": init}
        self.assert_refused(self.run_sandbox("true", env=environment), guard, "No such file")
        with open(guard, "wb"):
            self.assert_refused(self.run_sandbox("true", env=environment), guard, "Permission denied")

    def test_unreachable(self):
        for uri, mention in UNREACHABLE.items():
            with self.subTest(uri):
                self.check(mention, options=["--connect", uri])

    def test_the_document_needs_no_libvirt(self):
        process = self.start_program(["xml", "--virt", self.backend.virt, "--mount", "type=ram,target=/srv", "true"],
                                     env={"PATH": "/usr/bin:/bin", "LIBVIRT_DEFAULT_URI": "frob:///"})
        document = process.stdout.read()
        self.assertEqual((self.wait(process)[0], document[:8]), (0, b"<domain "))
        self.assertIn(b"/srv", document)

    def test_output_that_cannot_be_written(self):
        for arguments in (["--help"], ["--version"], ["run", "--help"], ["xml", "true"]):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                process = self.start_program(arguments, stdout=full)
                self.assertNotEqual(self.wait(process)[0], 0)
                self.assertIn(b"cannot write to standard output", process.stderr.read())

    def test_help(self):
        for arguments in (["--help"], ["run", "--help"], ["xml", "--help"]):
            with self.subTest(arguments):
                process = self.start_program(arguments)
                text = process.stdout.read().decode()
                self.assertEqual((self.wait(process)[0], process.stderr.read()), (0, b""))
                self.assertIn("sandgraft", text)
