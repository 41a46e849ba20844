# SPDX-License-Identifier: LGPL-2.1-or-later
"""With --tty the command has a terminal of its own, and the caller's is as before afterwards."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from harness import Conformance


# The statuses when the sandbox is taken away: Sandgraft's own, or the signal that reached the command on the way.
GONE = (125, 128 + signal.SIGTERM, 128 + signal.SIGKILL)


class Terminal:
    """A client on a pseudo terminal of its own, in its foreground, as a shell would start it."""

    def __init__(self, argv, rows=24, columns=80):
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.text = b""
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.master)
            take_terminal(self.slave)
            os.execv(argv[0], argv)
        self.status = None

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, data):
        os.write(self.master, data)

    def read(self, seconds):
        """Whether something came."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.text += os.read(self.master, 65536)
        return True

    def expect(self, pattern, seconds=10):
        """Reads until the pattern has come; what came up to and with it is consumed."""
        deadline = time.monotonic() + seconds
        while not (match := re.search(pattern, self.text, re.DOTALL)):
            if time.monotonic() > deadline or not self.read(max(0, deadline - time.monotonic())):
                raise AssertionError(f"{pattern!r} did not come; there was {self.text!r}")
        self.text = self.text[match.end():]
        return match

    def wait(self, seconds=20):
        """The status of the client, as a shell shows it, all output read."""
        deadline = time.monotonic() + seconds
        while self.status is None:
            self.read(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.status = code if code >= 0 else 128 - code
            elif time.monotonic() > deadline:
                raise AssertionError(f"the client still runs; there was {self.text!r}")
        while self.read(0):
            pass
        return self.status

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[3] & termios.ICANON

    def is_restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)


def take_terminal(slave):
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    if slave > 2:
        os.close(slave)


class OnTerminal(Conformance):
    def terminal(self, *command, options=("--tty",), **keywords):
        argv = self.argv(*command, options=options)
        opened = Terminal(argv, **keywords)
        self.addCleanup(opened.close)
        return opened

    def shell_terminal(self, script, **keywords):
        return self.terminal("sh", "-c", script, **keywords)

    def assert_ends(self, terminal, *statuses):
        self.assertIn(terminal.wait(20 * self.backend.patience), statuses, terminal.text)
        self.assertTrue(terminal.is_restored())


class Terminals(OnTerminal):
    def test_it_is_a_terminal(self):
        script = "for i in 0 1 2; do test -t $i && echo yes $i; done; tty; : </dev/tty && echo controlling"
        terminal = self.shell_terminal(script)
        terminal.expect(rb"^yes 0\r\nyes 1\r\nyes 2\r\n/dev/\S+\r\ncontrolling\r\n", 10 * self.backend.patience)
        self.assert_ends(terminal, 0)

    def test_statuses(self):
        for script, status in {"exit 7": 7, "kill -9 $$": 137, "exec /nonexistent": 127}.items():
            with self.subTest(script):
                self.assert_ends(self.shell_terminal(script), status)

    def test_window_size(self):
        terminal = self.shell_terminal("trap 'stty size' WINCH; stty size; while :; do sleep 0.02; done",
                                       rows=33, columns=101)
        terminal.expect(rb"33 101\r\n", 10 * self.backend.patience)
        for rows, columns in ((50, 132), (1, 1), (24, 80)):
            terminal.resize(rows, columns)
            terminal.expect(b"%d %d\r\n" % (rows, columns))
        terminal.write(b"\x03")
        self.assert_ends(terminal, 130)

    def test_raw_while_it_runs(self):
        """Keys go to the command unchanged; its own terminal echoes them, once."""
        terminal = self.shell_terminal("stty raw -echo; echo ready; head -c 4 | od -An -tx1")
        terminal.expect(rb"ready", 10 * self.backend.patience)
        self.assertTrue(terminal.is_raw())
        terminal.write(b"\x03\x1a\x04\x11")
        terminal.expect(rb"03 1a 04 11")
        self.assert_ends(terminal, 0)

    def test_echo_and_end_of_file(self):
        terminal = self.terminal("cat")
        terminal.write(b"hello\n")
        terminal.expect(rb"^hello\r\nhello\r\n", 10 * self.backend.patience)
        terminal.write(b"\x04")
        self.assert_ends(terminal, 0)

    def test_interrupt_and_quit(self):
        for key, signal_name, status in ((b"\x03", "INT", 130), (b"\x1c", "QUIT", 131)):
            with self.subTest(signal_name):
                terminal = self.shell_terminal(f"trap 'trap - {signal_name}; echo got' {signal_name}; echo ready;"
                                               " sleep 0.2; while :; do sleep 0.02; done")
                terminal.expect(rb"ready\r\n", 10 * self.backend.patience)
                terminal.write(key)
                terminal.expect(rb"got\r\n")
                terminal.write(key)
                self.assert_ends(terminal, status)

    def test_job_control(self):
        terminal = self.terminal("bash", "--norc", "-i", options=["--tty", "--env", "PS1=> ", "--env", "HISTFILE="])
        greeting = terminal.expect(rb"> ", 10 * self.backend.patience)
        self.assertNotIn(b"no job control", greeting.string)
        terminal.write(b"sleep 1000\n")
        time.sleep(0.3)
        terminal.write(b"\x1a")
        terminal.expect(rb"Stopped +sleep 1000.*> ")
        terminal.write(b"jobs\n")
        terminal.expect(rb"\[1\]\+ +Stopped.*> ")
        terminal.write(b"bg\n")
        terminal.expect(rb"sleep 1000 &.*> ")
        terminal.write(b"fg\n")
        terminal.expect(rb"sleep 1000\r\n")
        time.sleep(0.2)
        terminal.write(b"\x03")
        terminal.expect(rb"> ")
        terminal.write(b"echo $?; exit 5\n")
        terminal.expect(rb"[\r\n]130\r\n")
        self.assert_ends(terminal, 5)

    def test_much_output(self):
        terminal = self.shell_terminal("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done")
        self.assert_ends(terminal, 0)
        self.assertEqual(terminal.text, b"".join(b"line %d\r\n" % i for i in range(5000)))

    def test_restored_after_a_signal_to_the_client(self):
        for name in ("TERM", "HUP", "INT", "QUIT"):
            with self.subTest(name):
                terminal = self.shell_terminal("echo ready; exec sleep 1000")
                terminal.expect(rb"ready\r\n", 10 * self.backend.patience)
                os.kill(terminal.pid, getattr(signal, "SIG" + name))
                self.assert_ends(terminal, 128 + getattr(signal, "SIG" + name))

    def test_restored_when_the_sandbox_vanishes(self):
        name = f"vanishes-{os.getpid()}"
        terminal = self.shell_terminal("echo ready; exec sleep 1000", options=["--tty", "--name", name])
        terminal.expect(rb"ready\r\n", 10 * self.backend.patience)
        subprocess.run(["virsh", "-q", "-c", self.backend.uri, "destroy", name], check=True, stdout=subprocess.DEVNULL)
        self.assert_ends(terminal, *GONE)

    def test_restored_when_the_peer_is_killed(self):
        """The process that serves the sandbox on the host, by SIGKILL."""
        name = f"killed-{os.getpid()}"
        terminal = self.shell_terminal("echo ready; exec sleep 1000", options=["--tty", "--name", name])
        terminal.expect(rb"ready\r\n", 10 * self.backend.patience)
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue  # it has just ended
            if (words[0].endswith(b"libvirt_lxc") and name.encode() in words) or (
                    b"qemu-system" in words[0] and b"guest=" + name.encode() in b" ".join(words)):
                os.kill(int(pid), signal.SIGKILL)
        self.assert_ends(terminal, *GONE)


    def test_restored_when_the_client_dies(self):
        """By a signal that nobody passes on, sent or of its own fault."""
        for name in ("ALRM", "ABRT", "XCPU") + (() if self.sanitized else ("SEGV",)):
            with self.subTest(name):
                terminal = self.shell_terminal("echo ready; exec sleep 1000")
                terminal.expect(rb"ready\r\n", 10 * self.backend.patience)
                self.assertTrue(terminal.is_raw())
                os.kill(terminal.pid, getattr(signal, "SIG" + name))
                self.assert_ends(terminal, 128 + getattr(signal, "SIG" + name))

    def killed_client(self):
        """A terminal that is raw, whose client was killed by a signal that leaves no time for anything."""
        terminal = self.shell_terminal("echo ready; exec sleep 1000")
        terminal.expect(rb"ready\r\n", 10 * self.backend.patience)
        self.assertTrue(terminal.is_raw())
        os.kill(terminal.pid, signal.SIGSTOP)
        return terminal

    def test_restored_when_the_client_is_killed(self):
        terminal = self.killed_client()
        os.kill(terminal.pid, signal.SIGKILL)
        self.assertEqual(terminal.wait(20 * self.backend.patience), 128 + signal.SIGKILL)
        deadline = time.monotonic() + 20 * self.backend.patience
        while not terminal.is_restored() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(terminal.is_restored())

    def test_left_alone_when_another_has_given_it_a_mode(self):
        terminal = self.killed_client()
        mode = termios.tcgetattr(terminal.slave)
        mode[3] |= termios.ECHO  # not as the client had it, and not as it was before
        termios.tcsetattr(terminal.slave, termios.TCSANOW, mode)
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.wait(20 * self.backend.patience)
        while any(self.guards(pid, terminal) for pid in filter(str.isdigit, os.listdir("/proc"))):
            time.sleep(0.01)
        self.assertEqual(termios.tcgetattr(terminal.slave), mode)

    @staticmethod
    def guards(pid, terminal):
        """Whether a process is the guard of this terminal."""
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                if file.read() != "sandgraft-guard\n":
                    return False
            return os.readlink(f"/proc/{pid}/fd/1") == os.ttyname(terminal.slave)
        except OSError:
            return False  # it has just ended


class Stopped(OnTerminal):
    """A client that is stopped and continued by a shell with job control: its command is too."""

    SHELL = 'set -m; "$@"; echo stopped $?; read line; fg >/dev/null; echo ended $?'
    TICKING = "trap 'exit 9' INT; while :; do echo tick; sleep 0.05; done"

    def start_job(self, tty):
        terminal = Terminal(["/bin/bash", "-c", self.SHELL, "bash", *self.argv("sh", "-c", self.TICKING, options=[tty])])
        self.addCleanup(terminal.close)
        terminal.expect(rb"tick\r\n", 10 * self.backend.patience)
        return terminal

    def assert_stopped_and_continued(self, terminal, number):
        terminal.expect(b"stopped %d\r\n" % (128 + number))
        self.assertTrue(terminal.is_restored())
        terminal.read(0.3)
        self.assertNotIn(b"tick", terminal.text)
        terminal.write(b"\n")
        terminal.expect(rb"tick\r\ntick\r\n")

    def test_with_a_terminal(self):
        terminal = self.start_job("--tty")
        os.kill(os.tcgetpgrp(terminal.master), signal.SIGTSTP)
        self.assert_stopped_and_continued(terminal, signal.SIGTSTP)
        self.assertTrue(terminal.is_raw())
        terminal.write(b"\x03")
        terminal.expect(rb"ended 9\r\n")
        self.assert_ends(terminal, 0)

    def test_without_a_terminal(self):
        terminal = self.start_job("--no-tty")
        terminal.write(b"\x1a")
        self.assert_stopped_and_continued(terminal, signal.SIGTSTP)
        terminal.write(b"\x03")
        terminal.expect(rb"ended 9\r\n")
        self.assert_ends(terminal, 0)

    def test_raw_again_after_a_stop_that_nobody_can_catch(self):
        terminal = self.start_job("--tty")
        client = os.tcgetpgrp(terminal.master)
        os.kill(client, signal.SIGSTOP)
        terminal.expect(b"stopped %d\n" % (128 + signal.SIGSTOP))  # still raw
        termios.tcsetattr(terminal.slave, termios.TCSANOW, terminal.before)  # as an interactive shell does
        terminal.write(b"\n")
        self.eventually(terminal.is_raw)
        terminal.write(b"\x03")
        terminal.expect(rb"ended 9\r\n")
        self.assert_ends(terminal, 0)

    def test_ignored_where_no_shell_could_continue_it(self):
        terminal = self.shell_terminal(self.TICKING)
        terminal.expect(rb"tick\r\n", 10 * self.backend.patience)
        os.kill(terminal.pid, signal.SIGTSTP)
        terminal.expect(rb"(tick\r\n){3}")
        self.eventually(terminal.is_raw)
        terminal.write(b"\x03")
        self.assert_ends(terminal, 9)


class WithoutTty(OnTerminal):
    """The caller's terminal is never changed, and its keys act on the client."""

    def test_interrupt(self):
        terminal = self.shell_terminal("test -t 0 || echo no terminal; exec sleep 1000", options=["--no-tty"])
        terminal.expect(rb"no terminal\r\n", 10 * self.backend.patience)
        self.assertFalse(terminal.is_raw())
        terminal.write(b"\x03")
        self.assert_ends(terminal, 130)

    def test_end_of_file(self):
        terminal = self.terminal("cat", options=["--no-tty"])
        terminal.write(b"x\n")
        terminal.expect(rb"x\r\nx\r\n", 10 * self.backend.patience)
        terminal.write(b"\x04")
        self.assert_ends(terminal, 0)
