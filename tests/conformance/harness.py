# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the real `sandgraft run`, or what is to be like it, against a backend, as a shell would, and looks at the machine around it."""

import contextlib
import dataclasses
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest


@dataclasses.dataclass(frozen=True)
class Backend:
    """What differs between the container and the machine: how it is asked for and how patient one has to be."""

    virt: str
    uri: str
    patience: float  # factor on every time limit
    row: int  # how many runs in a row the test of traces makes
    crowd: int  # and how many at a time


BACKENDS = {
    "lxc": Backend(virt="lxc", uri="lxc:///system", patience=1.0, row=200, crowd=20),
    "qemu": Backend(virt="qemu", uri="qemu:///system", patience=8.0, row=5, crowd=2),
}

NO_VIEW = b": warning: the root is used as it is: "


@dataclasses.dataclass(frozen=True)
class Result:
    status: int
    stdout: bytes
    stderr: bytes
    seconds: float
    peak_kib: int  # of the client's memory

    @property
    def text(self):
        return self.stdout.decode()


# The command of a sandbox in which others are executed. It outlives a kill of every process.
IDLE = ("sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1000; done")

NUMBERS = itertools.count(1)


class Conformance(unittest.TestCase):
    """What every test of the suite has at hand. The attributes are set by the driver."""

    program: str
    backend: Backend
    channel: str
    sanitized: bool
    view: bool  # whether the client may make a view of the root
    way: str  # how a command is run: run, exec (in a sandbox that is kept) or start (--attach, of one that is created)
    host: str | None = None  # the sandbox of the class, in which commands are executed

    def argv(self, *command, options=()):
        """What a shell would be given to run the command."""
        return {"run": self.run_argv, "exec": self.exec_argv, "start": self.start_argv}[self.way](command, list(options))

    def run_argv(self, command, options):
        usual = {"--connect": self.backend.uri, "--virt": self.backend.virt, "--channel": self.channel}
        common = [word for option, value in usual.items() if option not in options for word in (option, value)]
        return [self.program, "run", *common, *options, "--", *command]

    def exec_argv(self, command, options):
        name = take_name(options)
        if name:
            self.addCleanup(self.keep(name, IDLE, []))
            self.ask("start", name)
        elif type(self).host is None:
            type(self).host = name = unique_name()
            self.addClassCleanup(self.keep(name, IDLE, []))
            self.ask("start", name)
        return [self.program, "exec", *options, name or self.host, "--", *command]

    def start_argv(self, command, options):
        name = take_name(options) or unique_name()
        self.addCleanup(self.keep(name, command, options))
        return [self.program, "start", "--attach", name]

    def keep(self, name, command, options):
        """Creates a sandbox. What is returned removes it."""
        self.ask("create", name, *options, "--", *command)
        return lambda: self.ask("rm", "--force", name)

    def ask(self, *words):
        subprocess.run([self.program, *words], check=True, stdin=subprocess.DEVNULL)

    def start(self, *command, options=(), **keywords):
        """A running sandbox, its standard streams pipes unless told otherwise, killed if the test forgets it."""
        return self.start_program(self.argv(*command, options=options)[1:], **keywords)

    def start_program(self, arguments, **keywords):
        for stream in ("stdin", "stdout", "stderr"):
            keywords.setdefault(stream, subprocess.PIPE)
        process = subprocess.Popen([self.program, *arguments], **keywords)
        self.addCleanup(finish, process)
        return process

    def run_sandbox(self, *command, options=(), given=b"", limit=20, **keywords):
        """Runs to the end; fails when that takes more than `limit` seconds."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begin = time.monotonic()
            process = self.start(*command, options=options, stdout=out, stderr=err,
                                 **{"stdin": subprocess.PIPE if given else subprocess.DEVNULL, **keywords})
            if given:
                feed(process.stdin, given)
            status, peak = self.wait(process, limit)
            out.seek(0)
            err.seek(0)
            return Result(status, out.read(), self.beside_warning(err.read()), time.monotonic() - begin, peak)

    def beside_warning(self, text):
        """What a client said, but for the line in which one that can make no view tells the difference."""
        first, _, rest = text.partition(b"\n")
        return rest if not self.view and NO_VIEW in first else text

    def wait(self, process, limit=20):
        """The status of a client as a shell shows it, and the KiB of memory that it was seen to use at most."""
        deadline = time.monotonic() + limit * self.backend.patience
        peak = 0
        while process.poll() is None:
            if time.monotonic() > deadline:
                self.fail(f"still running after {limit * self.backend.patience:.0f} s: {process.args}")
            peak = max(peak, peak_memory(process.pid))
            time.sleep(0.002)
        code = process.returncode
        return (code if code >= 0 else 128 - code), peak

    def shell(self, script, **keywords):
        return self.run_sandbox("sh", "-c", script, **keywords)

    def assert_refused(self, result, *mentions):
        """Sandgraft itself failed: status 125 and one line that names what was wrong."""
        message = result.stderr.decode()
        self.assertEqual((result.status, result.stdout), (125, b""), message)
        self.assertEqual(message.count("\n"), 1, message)
        self.assertTrue(message.startswith("sandgraft run: "), message)
        for mention in mentions:
            self.assertIn(mention, message)

    def assert_uses_less(self, kib, limit):
        if not self.sanitized:
            self.assertLess(kib, limit)

    def eventually(self, condition, limit=10, message=None):
        deadline = time.monotonic() + limit * self.backend.patience
        while not condition():
            if time.monotonic() > deadline:
                self.fail(message() if callable(message) else message or "did not happen in time")
            time.sleep(0.02)

    def scratch(self):
        """A fresh directory of the host."""
        directory = tempfile.mkdtemp(prefix="sandgraft-conformance-")
        self.addCleanup(shutil.rmtree, directory)
        return directory

    def domains(self):
        listing = subprocess.run(["virsh", "-q", "-c", self.backend.uri, "list", "--all", "--name"],
                                 stdout=subprocess.PIPE, check=True, text=True)
        return [name for name in listing.stdout.splitlines() if name]


def unique_name():
    return f"conformance-{os.getpid()}-{next(NUMBERS)}"


def take_name(options):
    """Takes --name and its value from the options."""
    if "--name" not in options:
        return None
    at = options.index("--name")
    name = options[at + 1]
    del options[at:at + 2]
    return name


def peak_memory(pid):
    """In KiB, since the program was executed. (What wait4() says counts the memory of the forking process too.)"""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def feed(pipe, data):
    """Writes all of it; a reader that has seen enough is no error."""
    with contextlib.suppress(BrokenPipeError):
        with pipe:
            pipe.write(data)


def finish(process):
    if process.returncode is None and process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
