# SPDX-License-Identifier: LGPL-2.1-or-later
"""A command whose time is over, and the line for machines about how it ended."""

import datetime
import json
import subprocess

from harness import Conformance

# Says what it got, and goes on.
STUBBORN = "exec 2>/dev/null; trap 'echo TERM' TERM; echo up; while :; do sleep 0.05; done"

ENDS = {
    # what: (script, options, status, what the line has)
    "success": ("true", [], 0, {"how": "exit", "signal": None, "outOfMemory": False}),
    "failure": ("exit 7", [], 7, {"how": "exit", "signal": None}),
    "a signal": ("kill -KILL $$; sleep 60", [], 137, {"how": "signal", "signal": 9, "outOfMemory": False}),
    "its time": ("exec sleep 60", ["--timeout", "0.2"], 124, {"how": "timeout", "signal": 15}),
    "its time, and a status": ("trap 'exit 0' TERM; while :; do sleep 0.05; done", ["--timeout", "2"], 124,
                               {"how": "timeout", "signal": None}),
    "its memory": ("exec head -c 1G /dev/zero | tail; exit 137", ["--memory", "64M"], 137,
                   {"how": "oom", "outOfMemory": True}),
    "a process's memory, survived": ("head -c 1G /dev/zero | tail; exit 0", ["--memory", "64M"], 0,
                                     {"how": "exit", "outOfMemory": True}),
}

USES_MEMORY = "import os; block = bytearray(200 << 20); os.write(1, b'x')"


class Timeouts(Conformance):
    def test_in_time(self):
        result = self.shell("echo x", options=["--timeout", "60"])
        self.assertEqual((result.status, result.text, result.stderr), (0, "x\n", b""))

    def test_too_late(self):
        result = self.shell("echo up; exec sleep 60", options=["--timeout", "2"])
        self.assertEqual((result.status, result.text, result.stderr.decode()), (
            124, "up\n", "sandgraft run: the command had not ended after 2 s (--timeout): it got SIGTERM\n"))

    def test_a_stubborn_one_is_killed(self):
        result = self.shell(STUBBORN, options=["--timeout", "2"], limit=60)
        self.assertEqual((result.status, result.text, result.stderr.decode()), (
            124, "up\nTERM\n",
            "sandgraft run: the command had not ended after 2 s (--timeout): it got SIGTERM, and SIGKILL 5 s later\n"))
        self.assertGreater(result.seconds, 7)


class Reports(Conformance):
    def test_how_it_ended(self):
        for what, (script, options, status, facts) in ENDS.items():
            with self.subTest(what):
                result = self.shell(script, options=["--json", *options], limit=60)
                self.assertEqual(result.status, status, result.stderr)
                self.check_line(result.stderr.splitlines()[-1], {**facts, "status": status})

    def check_line(self, line, facts):
        end = json.loads(line)
        self.assertEqual({key: end[key] for key in facts}, facts, line)
        took = moment(end["ended"]) - moment(end["started"])
        self.assertAlmostEqual(end["seconds"], took.total_seconds(), delta=0.01)
        self.assertTrue(end["name"], line)

    def test_what_cannot_be_run(self):
        result = self.run_sandbox("/nonexistent", options=["--json"])
        self.assertEqual(result.status, 127)
        self.check_line(result.stderr.splitlines()[-1], {"how": "not-started", "status": 127})

    def test_a_failure_of_its_own(self):
        result = self.run_sandbox("true", options=["--json", "--root", "/nonexistent"])
        told, line = result.stderr.decode().splitlines()
        end = json.loads(line)
        self.assertEqual((result.status, end), (125, {"how": "failed", "status": 125,
                                                      "error": told.removeprefix("sandgraft run: ")}))

    def test_a_sandbox_that_libvirt_ends(self):
        name = f"endings-{self.channel}"
        process = self.start("sh", "-c", "echo up; exec sleep 60", options=["--json", "--name", name])
        self.assertEqual(process.stdout.readline(), b"up\n")
        subprocess.run(["virsh", "-q", "-c", self.backend.uri, "destroy", name], check=True, stdout=subprocess.DEVNULL)
        status = self.wait(process)[0]
        self.check_line(process.stderr.read().splitlines()[-1], {"how": "killed", "name": name, "status": status})

    def test_a_file_of_its_own(self):
        file = f"{self.scratch()}/end"
        result = self.shell("echo out; echo err >&2", options=[f"--json={file}"])
        self.assertEqual((result.text, result.stderr), ("out\n", b"err\n"))
        with open(file, encoding="utf-8") as lines:
            (line,) = lines
        self.check_line(line, {"how": "exit", "status": 0})

    def test_the_peak_of_memory(self):
        for memory in [], ["--memory", "1G"]:
            with self.subTest(memory):
                result = self.run_sandbox("/usr/bin/python3", "-IS", "-c", USES_MEMORY, options=["--json", *memory], limit=60)
                peak = json.loads(result.stderr)["peakMemoryBytes"]
                self.assertTrue(200 << 20 < peak < 400 << 20, peak)


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
