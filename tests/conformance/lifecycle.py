# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sandboxes that libvirt keeps: made by one program, and listed, shown, copied and removed by any other."""

import json
import os
import pathlib
import subprocess
import tempfile

from harness import Conformance

OPTIONS = ["-v", "/usr/share:/srv/share:ro", "-m", "type=ram,target=/srv/x,size=1M", "-e", "A=it's\n$HOME", "-u", "daemon",
           "--memory", "128M", "--vcpus", "0.5", "--pids", "50", "--ulimit", "nofile=100:200", "-w", "/srv", "-t"]
COMMAND = ["sh", "-c", "printf '%s\\n' \"$1\"", "sh", "a  b", "", "\t*"]
DEVICE = "<hostdev mode='capabilities' type='misc'><source><char>/dev/null</char></source></hostdev></devices>"
FOREIGN = """<domain type='lxc'><name>{}</name><memory unit='MiB'>64</memory><os><type>exe</type><init>/bin/cat</init></os>
<devices><filesystem type='mount'><source dir='/'/><target dir='/'/></filesystem><console type='pty'/></devices></domain>"""


class Lifecycle(Conformance):
    def setUp(self):
        self.addCleanup(self.remove_all)

    def remove_all(self):
        for name in self.domains():
            self.virsh("destroy", name, check=False)
            self.virsh("undefine", name, check=False)

    def virsh(self, *arguments, check=True):
        return subprocess.run(["virsh", "-q", "-c", self.backend.uri, *arguments], capture_output=True, text=True,
                              check=check).stdout

    def define(self, document):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(document)
            file.flush()
            self.virsh("define", file.name)

    def call(self, *words, uri=None):
        return subprocess.run([self.program, "-c", uri or self.backend.uri, *words], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, timeout=60)

    def sandgraft(self, *words, **keywords):
        """The output of a command that works and has nothing to complain of."""
        result = self.call(*words, **keywords)
        self.assertEqual((result.returncode, result.stderr), (0, ""), words)
        return result.stdout

    def refused(self, *words):
        result = self.call(*words)
        self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (1, "", 1), result)
        return result.stderr

    def names(self):
        return self.sandgraft("list", "--all", "--quiet").splitlines()

    def test_a_sandbox_is_kept_for_every_program(self):
        self.sandgraft("create", "web", *OPTIONS, "--", *COMMAND)
        self.assertEqual(self.sandgraft("list", "--quiet"), "")
        listed, = json.loads(self.sandgraft("list", "--all", "--json"))
        self.assertEqual({**listed, "uuid": ""},
                         {"name": "web", "uuid": "", "state": "stopped", "kept": True, "ports": [], "command": COMMAND})
        self.assertIn("stopped", self.sandgraft("list", "--all"))
        shown = json.loads(self.sandgraft("show", "web", "--json"))
        self.assertEqual((shown["uuid"], shown["user"], shown["memoryBytes"]), (listed["uuid"], "daemon", 128 << 20))
        self.assertEqual((shown["environment"], shown["foreign"]), ({"A": "it's\n$HOME"}, []))
        self.assertIn("already", self.refused("create", "web", "--", "true"))

    def test_what_is_shown_makes_the_sandbox_again(self):
        names = ["web", "a b'c", "züri"]
        place = self.scratch()
        os.symlink(self.program, f"{place}/sandgraft")
        for name in names:
            with self.subTest(name):
                self.sandgraft("create", name, *OPTIONS, "-m", "type=file,target=/f,base64=AAECIg==", "--", *COMMAND)
                shown, document = self.sandgraft("show", name), self.sandgraft("show", "--xml", name)
                self.sandgraft("rm", name)
                made = subprocess.run(["bash", "-c", shown], capture_output=True, text=True, check=False,
                                      env={**os.environ, "PATH": f"{place}:{os.environ['PATH']}"})
                self.assertEqual((made.returncode, made.stdout, made.stderr), (0, "", ""))
                self.assertEqual(self.sandgraft("show", name), shown)
                again = self.sandgraft("show", "--xml", name)
                self.assertEqual(*("\n".join(line for line in text.splitlines() if "<uuid>" not in line)
                                   for text in (document, again)))

    def test_copies_keep_what_was_edited(self):
        self.sandgraft("create", "web", *OPTIONS, "--", *COMMAND)
        document = self.virsh("dumpxml", "--inactive", "web")
        edited = document.replace("<memory unit='KiB'>131072<", "<memory unit='KiB'>262144<")
        self.assertNotEqual(edited, document)
        self.define(edited.replace("</devices>", DEVICE))
        self.sandgraft("clone", "web", "copy")
        self.sandgraft("rename", "web", "new")
        self.assertEqual(self.names(), ["copy", "new"])
        for name in self.names():
            with self.subTest(name):
                shown = self.sandgraft("show", name)
                self.assertIn("--memory=256M", shown)
                self.assertIn("# no option says: devices/hostdev mode='capabilities' type='misc'\n", shown)
                kept = self.virsh("dumpxml", "--inactive", name)
                self.assertIn("<char>/dev/null</char>", kept)
                self.assertIn("<memory unit='KiB'>262144</memory>", kept)

    def test_a_foreign_domain_is_left_alone(self):
        self.define(FOREIGN.format("other"))
        before = self.virsh("dumpxml", "other")
        self.assertEqual(self.sandgraft("list", "--all", "--json"), "[]\n")
        for words in (["show", "other"], ["rm", "other"], ["rm", "--force", "other"], ["rename", "other", "mine"],
                      ["clone", "other", "mine"]):
            with self.subTest(words):
                self.assertIn("'other': the domain of this name was not made by Sandgraft", self.refused(*words))
        self.assertIn("already", self.refused("create", "other", "--", "true"))
        self.assertEqual((self.domains(), self.virsh("dumpxml", "other")), (["other"], before))

    def test_what_is_not_there(self):
        self.sandgraft("create", "webserver", "--", "true")
        self.assertIn("there is no sandbox 'websrever'; did you mean 'webserver'?", self.refused("rm", "websrever"))
        for words in ["show", "frob"], ["rename", "frob", "x"], ["clone", "frob", "x"]:
            self.assertIn("there is no sandbox 'frob'\n", self.refused(*words))
        self.assertIn("'a/b' contains a slash", self.refused("create", "a/b", "--", "true"))
        self.assertIn("'a/b' contains a slash", self.refused("rename", "webserver", "a/b"))
        self.assertEqual(self.names(), ["webserver"])

    def test_nothing_is_left_of_what_is_removed(self):
        before = sorted(os.listdir("/run"))
        self.sandgraft("create", "a", *OPTIONS, "--", *COMMAND)
        self.sandgraft("clone", "a", "b")
        self.sandgraft("rename", "a", "c")
        self.sandgraft("rm", "b", "c")
        self.assertEqual((self.domains(), os.listdir("/etc/libvirt/lxc")), ([], []))
        self.assertEqual(sorted(os.listdir("/run")), before)

    def test_the_sandbox_of_a_program(self):
        process = self.start("sh", "-c", "echo ready; sleep 100", options=["--name", "run"])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        listed, = json.loads(self.sandgraft("list", "--json"))
        self.assertEqual((listed["name"], listed["state"], listed["kept"]), ("run", "running", False))
        self.assertIn("'run' is running; --force ends it", self.refused("rm", "run"))
        self.assertIn("'run' is running", self.refused("rename", "run", "new"))
        self.sandgraft("clone", "run", "copy")
        self.sandgraft("rm", "--force", "run")
        self.assertNotEqual(self.wait(process)[0], 0)
        self.eventually(lambda: self.names() == ["copy"])
        self.assertIn("-- sh -c 'echo ready; sleep 100'\n", self.sandgraft("show", "copy"))

    def test_events(self):
        process = self.start_program(["-c", self.backend.uri, "--json", "events"])
        seen = []
        # It has begun to listen when it tells of one.
        while not seen:
            self.sandgraft("create", "probe", "--", "true")
            self.sandgraft("rm", "probe")
            os.set_blocking(process.stdout.fileno(), False)
            seen = (process.stdout.read() or b"").splitlines()
        os.set_blocking(process.stdout.fileno(), True)
        self.sandgraft("create", "web", "--", "true")
        self.sandgraft("rm", "web")
        told = []
        while ("undefined", "web") not in told:
            event = json.loads(process.stdout.readline())
            told.append((event["event"], event["name"]))
        self.assertEqual([event for event in told if event[1] == "web"], [("defined", "web"), ("undefined", "web")])

    def test_another_connection(self):
        """One that libvirt calls remote."""
        uri = "lxc+unix:///system"
        self.sandgraft("create", "far", *OPTIONS, "--", *COMMAND, uri=uri)
        self.sandgraft("clone", "far", "copy", uri=uri)
        self.sandgraft("rename", "far", "new", uri=uri)
        self.assertEqual(self.sandgraft("list", "-aq", uri=uri), "copy\nnew\n")
        self.assertEqual(self.sandgraft("show", "copy", uri=uri).replace("copy", "new"), self.sandgraft("show", "new"))
        self.sandgraft("rm", "copy", "new", uri=uri)
        self.assertEqual(self.domains(), [])

    def test_completion_offers_names(self):
        self.sandgraft("create", "web", "--", "true")
        self.sandgraft("create", "mail", "--", "true")
        script = pathlib.Path(__file__).parents[2] / "examples/cli/completion.bash"
        for words, offered in (("show w", "web"), ("rm m", "mail"), ("-c lxc:///system rename w", "web")):
            complete = (f". {script}; COMP_WORDS=({self.program} {words}); COMP_CWORD={len(words.split())}; _sandgraft; "
                        'echo "${COMPREPLY[@]}"')
            with self.subTest(words):
                shown = subprocess.run(["bash", "-c", complete], capture_output=True, text=True, check=True)
                self.assertEqual((shown.stdout.split(), shown.stderr), ([offered], ""))
