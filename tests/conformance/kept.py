# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sandboxes that outlive their program: their life from the command line, and commands beside their own."""

import json
import os
import re
import signal
import subprocess
import time

from harness import Conformance
from terminals import Terminal


class Keeping(Conformance):
    def told(self, *words, given=b"", limit=60):
        """A command of sandgraft: its status, output and error output."""
        result = subprocess.run([self.program, *words], input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                check=False, timeout=limit * self.backend.patience)
        return result.returncode, result.stdout.decode(), self.beside_warning(result.stderr).decode()

    def create(self, script, *options):
        self.count = getattr(self, "count", 0) + 1
        name = f"kept-{os.getpid()}-{self._testMethodName[5:15].strip('_').replace('_', '-')}-{self.count}"
        self.assertEqual(self.told("create", name, *options, "--", "sh", "-c", script), (0, "", ""))
        self.addCleanup(self.told, "rm", "--force", name)
        return name

    def start_kept(self, script, *options):
        name = self.create(script, *options)
        self.assertEqual(self.told("start", name), (0, "", ""))
        return name

    def state(self, name):
        listing = json.loads(self.told("list", "--all", "--json")[1])
        return [sandbox["state"] for sandbox in listing if sandbox["name"] == name]


class Kept(Keeping):
    def test_life(self):
        name = self.start_kept("echo up; exec sleep 1000")
        self.assertEqual(self.state(name), ["running"])
        self.eventually(lambda: self.told("logs", name) == (0, "up\n", ""))
        self.assertEqual(self.told("start", name), (125, "", f"sandgraft start: the sandbox '{name}' is running already\n"))
        self.assertEqual(self.told("restart", name), (0, "", ""))
        self.eventually(lambda: self.told("logs", name) == (0, "up\n", ""))
        self.assertEqual(self.told("stop", name), (0, "", ""))
        self.assertEqual(self.state(name), ["stopped"])
        self.assertEqual(self.told("stop", name), (0, "", ""))
        self.assertEqual(self.told("start", name), (0, "", ""))
        self.assertEqual(self.told("kill", "-s", "SIGKILL", name), (0, "", ""))
        self.eventually(lambda: self.state(name) == ["stopped"])
        self.assertEqual(self.told("rm", name), (0, "", ""))
        self.assertEqual(self.state(name), [])

    def test_several_are_stopped_and_the_deaf_by_force(self):
        names = [self.start_kept("trap '' TERM; while :; do sleep 0.1; done"), self.start_kept("exec sleep 1000")]
        begin = time.monotonic()
        self.assertEqual(self.told("stop", "--timeout", "0.5", *names), (0, "", ""))
        self.assertGreaterEqual(time.monotonic() - begin, 0.5)
        for name in names:
            self.assertEqual(self.state(name), ["stopped"])

    def test_exec(self):
        name = self.start_kept("exec sleep 1000")
        self.assertEqual(self.told("exec", name, "cat", given=b"through"), (0, "through", ""))
        words = ("-u", "nobody", "-w", "/usr", "-e", "X=set", name, "--", "sh", "-c", "id -un; pwd; echo $X; exit 7")
        self.assertEqual(self.told("exec", *words), (7, "nobody\n/usr\nset\n", ""))
        status, output, error = self.told("exec", name, "/nonexistent")
        self.assertEqual((status, output, error.count("\n")), (127, "", 1))
        self.assertIn("cannot execute '/nonexistent' in the sandbox", error)

    def test_exec_needs_no_libvirt(self):
        name = self.start_kept("exec sleep 1000")
        with subprocess.Popen([self.program, "exec", name, "sh", "-c", "echo up; read line"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            self.assertEqual(process.stdout.readline(), b"up\n")
            with open(f"/proc/{process.pid}/maps", encoding="utf-8") as maps:
                self.assertNotIn("libvirt.so", maps.read())

    def test_wait_logs_and_attach(self):
        name = self.start_kept("echo begun; read line; echo got $line; exit 5")
        clients = [self.start_program([command, *options, name], stdin=subprocess.DEVNULL)
                   for command, *options in (("wait",), ("logs", "-f"))]
        self.assertEqual(clients[1].stdout.readline(), b"begun\n")
        self.assertEqual(self.told("attach", name, given=b"words\n"), (5, "got words\n", ""))
        self.assertEqual((self.wait(clients[0])[0], self.wait(clients[1])[0]), (5, 0))
        self.assertEqual(clients[1].stdout.read(), b"got words\n")

    def test_logs_end_when_nobody_reads_them(self):
        """Also while there is nothing to write."""
        name = self.start_kept("echo begun; exec sleep 1000")
        client = self.start_program(["logs", "-f", name], stdin=subprocess.DEVNULL)
        self.assertEqual(client.stdout.readline(), b"begun\n")
        client.stdout.close()
        self.assertEqual(self.wait(client)[0], 0)

    def test_out_of_memory(self):
        name = self.create("head -c 1G /dev/zero | tail; exit 3", "--memory", "64M")
        status, _, error = self.told("start", "--attach", name)
        line = "sandgraft start: the sandbox ran out of memory (--memory 64M)\n"
        self.assertEqual((status, error[-len(line):]), (3, line))

    def test_one_that_cannot_be_read_is_removed_by_force(self):
        name = self.start_kept("exec sleep 1000")
        document = subprocess.run(["virsh", "-c", self.backend.uri, "dumpxml", "--inactive", name], check=True,
                                  stdout=subprocess.PIPE).stdout
        file = f"{self.scratch()}/document"
        with open(file, "wb") as out:
            out.write(document.replace(b"<sandgraft:argument>", b"<sandgraft:unknown/><sandgraft:argument>", 1))
        subprocess.run(["virsh", "-q", "-c", self.backend.uri, "define", file], check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(self.told("show", name)[0], 1)
        self.assertEqual(self.told("rm", "--force", name), (0, "", ""))
        self.assertEqual(self.state(name), [])

    def test_run_detached(self):
        status, output, error = self.told("run", "--detach", "--", "sh", "-c", "echo here; exec sleep 1000")
        self.assertEqual((status, error), (0, ""))
        name = output.strip()
        self.addCleanup(self.told, "rm", "--force", name)
        self.assertEqual(self.state(name), ["running"])
        self.eventually(lambda: self.told("logs", name) == (0, "here\n", ""))
        self.assertEqual(self.told("stop", name), (0, "", ""))
        self.assertEqual(self.state(name), [])

    def test_a_command_that_does_not_exist(self):
        name = self.create("true")
        self.assertEqual(self.told("create", name + "-x", "--", "/nonexistent"), (0, "", ""))
        self.addCleanup(self.told, "rm", "--force", name + "-x")
        for command in (("start",), ("start", "--attach")):
            with self.subTest(command):
                self.assertEqual(self.told(*command, name + "-x"),
                                 (127, "", "sandgraft start: cannot execute '/nonexistent' in the sandbox: "
                                           "No such file or directory\n"))

    def test_what_is_not_running(self):
        name = self.create("true")
        missing = f"no sandbox named '{name}' is kept running: it is stopped; 'sandgraft start {name}' starts it\n"
        for command, *rest in (("exec", "true"), ("logs",), ("attach",), ("wait",), ("shell",), ("kill",)):
            with self.subTest(command):
                status, output, error = self.told(command, name, *rest)
                self.assertEqual((status, output, error), (1 if command in ("logs", "kill") else 125, "",
                                                           f"sandgraft {command}: {missing}"))
        status, _, error = self.told("logs", name + "x")
        self.assertEqual((status, error), (1, f"sandgraft logs: no sandbox named '{name}x' is kept running; did you "
                                              f"mean '{name}'?\n"))
        self.assertEqual(self.told("stop", name, name + "x")[0], 1)

    def test_the_starter_may_be_killed(self):
        name = self.create("echo up; exec sleep 1000")
        starter = self.start_program(["start", "--attach", name], stdin=subprocess.DEVNULL)
        self.assertEqual(starter.stdout.readline(), b"up\n")
        starter.send_signal(signal.SIGKILL)
        self.wait(starter)
        self.assertEqual(self.told("exec", name, "echo", "there"), (0, "there\n", ""))


class AtATerminal(Keeping):
    def terminal(self, *words, **keywords):
        opened = Terminal([self.program, *words], **keywords)
        self.addCleanup(opened.close)
        return opened

    def assert_ends(self, terminal, status):
        self.assertEqual(terminal.wait(20 * self.backend.patience), status, terminal.text)
        self.assertTrue(terminal.is_restored())

    def expect(self, terminal, pattern):
        return terminal.expect(pattern, 10 * self.backend.patience)

    def test_shell(self):
        """A login shell with job control, at a terminal that follows the caller's size."""
        name = self.start_kept("exec sleep 1000")
        terminal = self.terminal("shell", "-e", "HISTFILE=", "-e", "PS1=> ", "-u", "root", name, rows=33, columns=101)
        greeting = self.expect(terminal, rb"[>#] ")
        self.assertNotIn(b"no job control", greeting.string)
        terminal.write(b"shopt -q login_shell && echo 'it is'; PS1='> '; stty size\n")
        self.expect(terminal, rb"[\r\n]it is\r\n33 101\r\n.*> ")
        terminal.write(b"sleep 1000\n")
        self.expect(terminal, rb"sleep 1000\r\n")
        self.eventually(lambda: self.told("exec", name, "sh", "-c", "pgrep -x sleep | wc -l")[1] == "2\n")
        terminal.write(b"\x1a")
        self.expect(terminal, rb"Stopped +sleep 1000.*> ")
        terminal.resize(50, 132)
        terminal.write(b"fg\n")
        self.expect(terminal, rb"sleep 1000\r\n")
        terminal.write(b"\x03")
        self.expect(terminal, rb"> ")
        terminal.write(b"echo $?; stty size; exit 5\n")
        self.expect(terminal, rb"[\r\n]130\r\n50 132\r\n")
        self.assert_ends(terminal, 5)

    def test_keys_that_leave_the_command(self):
        name = self.start_kept("stty -echo -ixon; while read line; do echo got $line; done", "--tty")
        for keys, options in {b"\x10\x11": (), b"\x1d.": ("--detach-keys", "ctrl-],.")}.items():
            with self.subTest(keys):
                terminal = self.terminal("attach", *options, name)
                terminal.write(b"word\n")
                self.expect(terminal, rb"got word\r\n")
                terminal.write(keys[:1] + b"x\n")
                self.expect(terminal, rb"got " + re.escape(keys[:1]) + rb"x\r\n")
                terminal.write(keys)
                self.assert_ends(terminal, 0)
        self.assertEqual(self.told("exec", name, "echo", "there"), (0, "there\n", ""))
        terminal = self.terminal("attach", "--detach-keys", "", name)
        self.eventually(terminal.is_raw)
        terminal.write(b"\x10\x11\n")
        self.expect(terminal, rb"got \x10\x11\r\n")
        self.told("stop", "--timeout", "0", name)
        terminal.wait(20 * self.backend.patience)
