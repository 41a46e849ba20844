#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The words of `sandgraft`, as far as they need no sandbox: what is understood, and what is said of the rest.

usage: cli_test.py SANDGRAFT
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

SANDGRAFT = os.path.abspath(sys.argv.pop())

# The words: what their one line on standard error says.
REFUSED = {
    ("rnu",): "there is no command 'rnu'; did you mean 'run'?",
    ("unit",): "there is no command 'unit'; did you mean 'units'?",
    ("frobnicate",): "there is no command 'frobnicate' (see",
    ("-x", "run"): "there is no option '-x' (see",
    ("-c",): "the option '-c' has no value",
    ("help", "rnu"): "there is no command 'rnu'; did you mean 'run'?",
    ("run",): "no command is given; try 'sandgraft run -- sh'",
    ("run", "--evn", "A=1", "true"): "there is no option '--evn'; did you mean '--env'?",
    ("run", "--priv", "true"): "there is no option '--priv'; did you mean '--privileged'?",
    ("run", "--frob", "true"): "there is no option '--frob' (see",
    ("run", "--timeout", "0", "true"): "the time '0' is not a number of seconds such as 30 or 0.5",
    ("run", "--timeout", "-1", "true"): "the option '--timeout' has no value",
    ("run", "--timeout=-1", "true"): "the time '-1' is not a number of seconds",
    ("run", "--timeout", "5m", "true"): "the time '5m' is not a number of seconds",
    ("run", "--timeout", "nan", "true"): "the time 'nan' is not a number of seconds",
    ("run", "--timeout", "1e10", "true"): "the time '1e10' is not a number of seconds",
    ("run", "--json=/nonexistent/x", "true"): "cannot write '/nonexistent/x': No such file or directory",
    ("run", "--json=", "true"): "the value of --json is empty",
    ("-c", "lxc+ssh://host/", "create", "--on-boot", "web", "--", "true"): "only a sandbox of this machine's libvirt",
    ("create", "web", "--timeout", "1", "--", "true"): "there is no option '--timeout'",
    ("run", "--name", "-x", "true"): "the option '--name' has no value; write '--name=-x' if it is '-x'",
    ("run", "-n", "-x", "true"): "the option '-n' has no value; write '-n-x' if it is '-x'",
    ("run", "-tn", "--tty", "true"): "the option '-tn' has no value; write",
    ("run", "--name", "--", "true"): "the option '--name' has no value (see",
    ("run", "--memory"): "the option '--memory' has no value (see",
    ("xml", "--name=-x", "true"): "the name '-x' begins with a dash",
    ("xml", "-n", "", "true"): "the value of --name is empty",
    ("xml", "--user=", "true"): "the value of --user is empty",
    ("xml", "--memory=", "true"): "the value of --memory is empty",
    ("xml", "--tty=yes", "true"): "the option '--tty' takes no value",
    ("xml", "-c", "", "true"): "the value of --connect is empty",
    ("xml", "--root", "", "true"): "root '' is not an absolute path",
    ("xml", "--memory", "0", "true"): "the memory '0' is not a size such as 512M",
    ("run", "--rm", "true"): "there is no option '--rm': nothing of a sandbox is left when it ends",
    ("run", "-it", "sh"): "there is no option '-i': the command has the caller's input",
    ("run", "-p", "80", "true"): "published port '80' is not [ADDRESS:]HOSTPORT:PORT",
    ("run", "--publish=80:80/udp", "true"): "published port '80:80/udp': only tcp can be published",
    ("run", "-d", "--timeout", "5", "true"): "--timeout is about the end of the command, which --detach does not wait",
    ("run", "-d", "--json", "true"): "--json is about the end of the command, which --detach does not wait for",
    ("--json", "run", "-d", "true"): "--json is about the end of the command, which --detach does not wait for",
    ("xml", "--timeout", "5", "true"): "there is no option '--timeout'",
    ("xml", "--json", "true"): "there is no option '--json'",
    ("xml", "-d", "true"): "there is no option '-d'",
    ("attach", "--detach-keys", "ctrl-p,esc", "web"): "the key 'esc' is not a character, nor one such as ctrl-p",
    ("attach", "--detach-keys", "ctrl-1", "web"): "the key 'ctrl-1' is not a character",
    ("attach", "--detach-keys", ",", "web"): "the key '' is not a character",
    ("run", "--overlay", "/srv", "true"): "--overlay is not built yet",
    ("run", "--unit", "a.service", "true"): "--unit boots systemd, which starts units and not 'true'",
    ("run", "--unit", "a", "--user", "daemon"): "--user is about a command, and --unit boots systemd",
    ("run", "--unit", "a", "-t"): "--tty is about a command, and --unit boots systemd",
    ("run", "--profile", "bare", "true"): "--profile is about units, and there is no --unit",
    ("run", "--unit", "a", "--profile", "tiny"): "the profile 'tiny' is not full, minimal or bare",
    ("xml", "--unit", "a/b"): "goal 'a/b.service' contains a slash",
    ("units", "list", "a"): "list takes no units",
    ("create",): "no name is given",
    ("create", "--", "true"): "no name is given",
    ("create", "web"): "no command is given; it stands behind the name and the options",
    ("create", "web", "-m", "type=ram,target=/x"): "no command is given; it stands behind the name and the options",
    ("create", "web", "--name", "b", "--", "true"): "the name is given twice",
    ("create", "web", "--channel", "socket", "--", "true"): "there is no option '--channel'",
    ("create", "--memroy=1G", "web", "true"): "there is no option '--memroy'; did you mean '--memory'?",
    ("xml", "--pids", "0", "true"): "the number of processes '0' is not one such as 100, nor unlimited",
    ("lsit",): "there is no command 'lsit'; did you mean 'list'?",
    ("list", "--al"): "there is no option '--al'; did you mean '--all'?",
    ("list", "web"): "it is used as 'sandgraft list [OPTION...]'",
    ("show",): "it is used as 'sandgraft show NAME [OPTION...]'",
    ("show", "a", "b"): "it is used as 'sandgraft show NAME [OPTION...]'",
    ("rename", "a"): "it is used as 'sandgraft rename NAME NEW'",
    ("clone", "a"): "it is used as 'sandgraft clone NAME NEW'",
    ("start",): "it is used as 'sandgraft start [OPTION...] NAME'",
    ("stop", "--timeout", "soon", "web"): "the time 'soon' is not a number of seconds",
    ("kill", "-s", "NONE", "web"): "there is no signal 'NONE'",
    ("exec", "web"): "it is used as 'sandgraft exec [OPTION...] NAME [--] COMMAND [ARGUMENT...]'",
    ("exec", "--", "web", "true"): "it is used as 'sandgraft exec",
    ("exec", "web", "-tT", "--", "true"): "--tty and --no-tty contradict each other",
    ("exec", "web", "--usr", "a", "--", "true"): "there is no option '--usr'; did you mean '--user'?",
    ("exec", "web", "-u"): "the option '-u' has no value",
    ("exec", "web", "--user", "", "true"): "the value of --user is empty",
    ("rm",): "it is used as 'sandgraft rm NAME... [OPTION...]'",
    ("-c", "lxc+unix:///system?socket=/nonexistent", "list"): "Failed to connect socket to '/nonexistent'",
    ("units", "clsoure", "a"): "there is no subcommand 'clsoure'; did you mean 'closure'?",
    ("xml", "-v", "/srv", "true"): "is not SOURCE:TARGET or SOURCE:TARGET:ro",
    ("xml", "-v", ":/srv", "true"): "is not SOURCE:TARGET or SOURCE:TARGET:ro",
    ("xml", "-v", "/srv:", "true"): "is not SOURCE:TARGET or SOURCE:TARGET:ro",
    ("xml", "-v", "/srv::ro", "true"): "is not SOURCE:TARGET or SOURCE:TARGET:ro",
    ("xml", "-v", "/srv:/srv:z", "true"): "'z', which is not ro or rw",
    ("xml", "-v", "data:/srv", "true"): "write './data'",
    ("xml", "-v", "/srv:srv", "true"): "mount target 'srv' is not an absolute path",
    ("xml", "--vcpus", "0", "true"): "the number of processors '0' is not one such as 2 or 0.5",
    ("xml", "--vcpus", "two", "true"): "the number of processors 'two' is not one such as 2 or 0.5",
    ("xml", "--vcpus", "1e", "true"): "the number of processors '1e' is not one such as 2 or 0.5",
    ("xml", "--vcpus", "0.001", "true"): "the number of processors 0.001 is not between 0.01 and 16384",
    ("xml", "--vcpus", "16385", "true"): "the number of processors 16385 is not between 0.01 and 16384",
    ("xml", "--vcpus", "inf", "true"): "the number of processors inf is not between 0.01 and 16384",
    ("xml", "-w", "src", "true"): "no mount shows '{here}/src'; add -v {here}/src:{here}/src",
    ("xml", "-v", "./src:/a", "-w", "srcs", "true"): "no mount shows '{here}/srcs'",
    ("xml", "-u", "@/nonexistent", "true"): "'/nonexistent': No such file or directory",
}

# Words of the command line and equal ones in their place.
EQUAL = {
    ("-c", "lxc:///", "xml", "true"): ("xml", "-c", "lxc:///", "true"),
    ("--connect=lxc:///", "xml", "true"): ("xml", "--", "true"),
    ("-clxc:///", "xml", "true"): ("xml", "true"),
    ("help", "run"): ("run", "--help"),
    ("help", "help"): ("--help",),
    ("help", "units"): ("units", "--help"),
    ("help", "create"): ("create", "--help"),
    ("help", "list"): ("list", "-h"),
    ("--json", "show", "--help"): ("show", "--help"),
    ("create", "web", "--help"): ("create", "--help"),
    ("run", "--version"): ("--version",),
    ("xml", "--version"): ("--version",),
    ("-c", "lxc:///", "units", "--version"): ("--version",),
    ("xml", "-v", "/srv:/mnt", "true"): ("xml", "-m", "type=bind,source=/srv,target=/mnt", "true"),
    ("xml", "-v", "/srv/:/mnt:rw", "true"): ("xml", "-m", "type=bind,source=/srv,target=/mnt", "true"),
    ("xml", "-v", "/a,b:/mnt:ro", "true"): ("xml", "-m", '"type=bind","source=/a,b",target=/mnt,ro', "true"),
    ("xml", "-v", "./x:/mnt", "true"): ("xml", "-m", "type=bind,source={here}/x,target=/mnt", "true"),
    ("xml", "-v", ".:/mnt", "true"): ("xml", "-m", "type=bind,source={here},target=/mnt", "true"),
    ("xml", "-m", "type=bind,source=./x,target=/mnt", "true"): ("xml", "-v", "{here}/x:/mnt", "true"),
    ("xml", "-v", ".:/mnt", "-w", "src/a", "true"): ("xml", "-v", ".:/mnt", "-w", "/mnt/src/a", "true"),
    ("xml", "-v", ".:/mnt", "-w", ".", "true"): ("xml", "-v", ".:/mnt", "-w", "/mnt", "true"),
    ("xml", "-v", ".:/mnt", "-v", "./src:/s", "-w", "src/a", "true"):
        ("xml", "-v", ".:/mnt", "-v", "./src:/s", "-w", "/s/a", "true"),
    ("xml", "-u", "daemon", "-w", "/usr", "-u", "root", "-w", "/srv", "true"):
        ("xml", "-u", "root", "-w", "/srv", "true"),
    ("xml", "-u", "@{here}", "true"): ("xml", "-u", f"{os.getuid()}:{os.getgid()}", "true"),
    ("xml", "-T", "--no-masks", "-T", "--no-masks", "true"): ("xml", "-T", "--no-masks", "true"),
    ("xml", "--env=-x=1", "true"): ("xml", "-e-x=1", "true"),
    ("xml", "--root", "./x/", "true"): ("xml", "--root", "{here}/x", "true"),
    ("xml", "--root", ".", "true"): ("xml", "--root={here}", "true"),
    ("xml", "--root", "//", "true"): ("xml", "true"),
    ("xml", "-v", "/a:/b", "-m", "type=guest-bind,source=/b,target=/c", "true"):
        ("xml", "-m", "type=bind,source=/a,target=/b", "-m", "type=guest-bind,source=/b,target=/c", "true"),
    ("xml", "-m", "type=guest-bind,source=/b,target=/c", "-v", "/a:/b", "true"):
        ("xml", "-m", "type=guest-bind,source=/b,target=/c", "-m", "type=bind,source=/a,target=/b", "true"),
    ("--json", "units", "--json", "list", "--unit-path", "/x", "--unit-path", "{here}"):
        ("units", "list", "--json", "--unit-path", "{here}"),
    ("--json", "units", "list", "--unit-path", "{here}"): ("units", "list", "--json", "--unit-path", "{here}"),
    ("units", "--json", "list", "--unit-path", "{here}"): ("units", "list", "--json", "--unit-path", "{here}"),
    ("-c", "lxc:///", "units", "list", "--unit-path", "{here}"): ("units", "list", "--unit-path", "{here}"),
}


class Words(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.here = os.path.realpath(place.name)
        pathlib.Path(self.here, "some.service").write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")

    def sandgraft(self, words):
        words = [word.replace("{here}", self.here) for word in words]
        return subprocess.run([SANDGRAFT, *words], capture_output=True, text=True, check=False, cwd=self.here,
                              stdin=subprocess.DEVNULL)

    def test_what_is_refused(self):
        for words, message in REFUSED.items():
            with self.subTest(words):
                result = self.sandgraft(words)
                self.assertIn(result.returncode, (1, 125))
                self.assertIn(message.replace("{here}", self.here), result.stderr)
                self.assertEqual((result.stdout, result.stderr.count("\n")), ("", 1))

    def test_equal_words(self):
        for words, same in EQUAL.items():
            with self.subTest(words):
                result, expected = self.sandgraft(words), self.sandgraft(same)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertEqual(result.stdout, expected.stdout)
                self.assertNotEqual(result.stdout, "")

    def test_a_volume_is_a_bind(self):
        document = ElementTree.fromstring(self.sandgraft(["xml", "-v", "./x:/mnt:ro", "true"]).stdout)
        shown = {node.find("target").get("dir"): node for node in document.iter("filesystem")}["/mnt"]
        self.assertEqual(shown.find("source").get("dir"), self.here + "/x")
        self.assertIsNotNone(shown.find("readonly"))

    def test_a_fraction_of_a_processor(self):
        for given, quota in (("0.5", "50000"), ("1.25", "125000"), ("16384", "1638400000"), ("0.01", "1000")):
            with self.subTest(given):
                document = ElementTree.fromstring(self.sandgraft(["xml", "--vcpus", given, "true"]).stdout)
                self.assertEqual(document.findtext("cputune/quota"), quota)

    def test_a_file_of_a_pipe(self):
        same = ["xml", "-m", "type=file,target=/f,content=one two", "true"]
        expected = self.sandgraft(same).stdout
        for script in ("(printf one; sleep 0.2; printf ' two') | {0} xml -m type=file,target=/f,source=/dev/stdin true",
                       "{0} xml -m type=file,target=/f,source=<(sleep 0.1; printf 'one two') true"):
            with self.subTest(script):
                shown = subprocess.run(["bash", "-c", script.format(SANDGRAFT)], capture_output=True, text=True,
                                       check=True)
                self.assertEqual((shown.stdout, shown.stderr), (expected, ""))
        endless = f"yes | {SANDGRAFT} xml -m type=file,target=/f,source=/dev/stdin true"
        refused = subprocess.run(["bash", "-c", endless], capture_output=True, text=True, check=False)
        self.assertIn("larger than 1048576 bytes", refused.stderr)

    def test_completion_knows_the_options(self):
        script = pathlib.Path(__file__).parents[2] / "examples/cli/completion.bash"
        for words, offered in ((f"{SANDGRAFT} run --vol", "--volume"), (f"{SANDGRAFT} -c lxc:/// run --vol", "--volume"),
                               (f"{SANDGRAFT} he", "help")):
            count = len(words.split())
            complete = (f". {script}; COMP_WORDS=({words}); COMP_CWORD={count - 1}; _sandgraft; "
                        'echo "${COMPREPLY[@]}"')
            with self.subTest(words):
                shown = subprocess.run(["bash", "-c", complete], capture_output=True, text=True, check=True).stdout
                self.assertEqual(shown.split(), [offered])


if __name__ == "__main__":
    unittest.main()
