# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes in comes out: streams, their ends, arguments, environment, working directory and user."""

import hashlib
import os
import subprocess
import threading

from harness import Conformance, feed, peak_memory

MIB = 1024 * 1024
MOST_CLIENT_KIB = 32 * 1024

ENDS = {
    # what: (script, input, status, output); all of them must end at once
    "no input": ("cat", b"", 0, b""),
    "input without a newline": ("cat", b"x", 0, b"x"),
    "every byte": ("cat", bytes(range(256)), 0, bytes(range(256))),
    "the end of input is passed on": ("cat; echo after", b"a\n", 0, b"a\nafter\n"),
    "the command reads a part": ("head -c 2", b"x" * MIB, 0, b"xx"),
    "the command reads nothing": ("exit 3", b"x" * MIB, 3, b""),
    "the command closes its input": ("exec <&-; sleep 0.2; echo on", b"x" * MIB, 0, b"on\n"),
    "the command closes its output": ("echo a; exec >&-; sleep 0.2; exit 4", b"", 4, b"a\n"),
    "the command closes all": ("exec <&- >&- 2>&-; sleep 0.2; exit 5", b"", 5, b""),
    "the last output before a violent end": ("printf end; kill -9 $$", b"", 137, b"end"),
    "the output of an orphan before the end": ("(sleep 0.1; echo late) & wait; echo last", b"", 0, b"late\nlast\n"),
}

ARGUMENTS = [b"", b" ", b"two words", b"'\"\\$`", b"<a href=\"x\">&amp;]]></a>", b"new\nline\ttab\r", b"\x01\x7f",
             "grün €".encode(), b"\xff\xfe not UTF-8", b"%25;a=b;", b"-x", b"--", b"x" * 100_000]


class Streams(Conformance):
    def test_ends(self):
        for what, (script, given, status, output) in ENDS.items():
            with self.subTest(what):
                result = self.shell(script, given=given)
                self.assertEqual((result.status, result.stdout, result.stderr), (status, output, b""))
                self.assertLess(result.seconds, 5 * self.backend.patience)

    def test_64_mib_there_and_back(self):
        data = os.urandom(64 * MIB)
        result = self.run_sandbox("cat", given=data, limit=120)
        self.assertEqual((result.status, len(result.stdout)), (0, len(data)))
        self.assertEqual(hashlib.sha256(result.stdout).digest(), hashlib.sha256(data).digest())
        self.assert_uses_less(result.peak_kib, MOST_CLIENT_KIB)

    def test_an_endless_input_does_not_matter(self):
        with open("/dev/zero", "rb") as zero:
            result = self.run_sandbox("head", "-c", "1", stdin=zero)
            self.assertEqual((result.status, result.stdout), (0, b"\0"))
            self.assertEqual(self.run_sandbox("true", stdin=zero).status, 0)

    def test_a_fifo_without_a_writer_is_at_its_end(self):
        path = os.path.join(self.scratch(), "fifo")
        os.mkfifo(path)
        fifo = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, fifo)
        result = self.shell("cat; echo end", stdin=fifo)
        self.assertEqual((result.status, result.stdout), (0, b"end\n"))

    def test_output_and_error_are_separate_and_complete(self):
        result = self.shell("i=0; while [ $i -lt 3000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done")
        self.assertEqual(result.stdout, b"".join(b"out %d\n" % i for i in range(3000)))
        self.assertEqual(result.stderr, b"".join(b"err %d\n" % i for i in range(3000)))

    def test_much_on_both_at_a_time(self):
        result = self.shell(f"head -c {8 * MIB} /dev/zero & head -c {8 * MIB} /dev/zero >&2; wait", limit=60)
        self.assertEqual((result.status, len(result.stdout), len(result.stderr)), (0, 8 * MIB, 8 * MIB))

    def test_a_reader_that_goes_ends_the_command(self):
        if self.way == "start":
            self.skipTest("a kept sandbox goes on without its reader")
        process = self.start("yes", stdin=subprocess.DEVNULL)
        self.assertEqual(process.stdout.read(2), b"y\n")
        process.stdout.close()
        self.assertIn(self.wait(process)[0], (0, 1, 141))

    def test_a_reader_that_waits_costs_no_memory(self):
        process = self.start("head", "-c", str(128 * MIB), "/dev/zero", stdin=subprocess.DEVNULL)
        stalled = threading.Event()
        self.assertEqual(len(process.stdout.read(MIB)), MIB)
        stalled.wait(1)
        self.assert_uses_less(peak_memory(process.pid), MOST_CLIENT_KIB)
        rest = 0
        while chunk := process.stdout.read1(MIB):
            rest += len(chunk)
        self.assertEqual((self.wait(process)[0], rest), (0, 127 * MIB))

    def test_a_command_that_waits_costs_no_memory(self):
        process = self.start("sh", "-c", "sleep 1; cat | wc -c; sleep 0.2")
        threading.Thread(target=feed, args=(process.stdin, bytes(64 * MIB))).start()
        self.assertEqual(process.stdout.readline(), b"%d\n" % (64 * MIB))
        status, peak = self.wait(process)
        self.assertEqual(status, 0)
        self.assert_uses_less(peak, MOST_CLIENT_KIB)

    def test_conversation(self):
        """Nothing is held back until more comes."""
        process = self.start("sh", "-c", "while read line; do echo got $line; done")
        for word in (b"one", b"two", b"three"):
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"got " + word + b"\n")
        process.stdin.close()
        self.assertEqual(self.wait(process)[0], 0)

    def test_closed_streams_of_the_client(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            with self.subTest(closed):
                arguments = ["sh", "-c", f'exec "$@" {closed}', "sh", *self.argv("sh", "-c", "cat; exit 3")]
                result = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
                                        stderr=subprocess.PIPE, timeout=20 * self.backend.patience)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (3, b"", b""))


class Command(Conformance):
    def test_arguments(self):
        result = self.run_sandbox("printf", r"%s\0", *ARGUMENTS)
        self.assertEqual(result.stdout.split(b"\0")[:-1], ARGUMENTS)

    def test_many_arguments(self):
        many = [str(i) for i in range(5000)]
        self.assertEqual(self.run_sandbox("printf", r"%s\n", *many).text.split(), many)

    def test_clean_environment(self):
        result = self.run_sandbox("env", "-0", env={**os.environ, "SECRET": "x", "LD_LIBRARY_PATH": "/x"})
        names = {entry.partition("=")[0] for entry in result.text.split("\0") if entry}
        self.assertLessEqual(names, {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "XDG_RUNTIME_DIR", "container"})
        self.assertLessEqual({"PATH", "HOME", "XDG_RUNTIME_DIR", "container"}, names)

    def test_given_environment(self):
        given = {"A": "", "B": "a=b", "C": "two words", "D": "new\nline", "E": "<&>\"'", "PATH": "/usr/bin:/bin"}
        options = [word for name, value in given.items() for word in ("--env", f"{name}={value}")]
        result = self.run_sandbox("env", "-0", options=options)
        entries = dict(entry.split("=", 1) for entry in result.text.split("\0") if entry)
        self.assertEqual({name: entries.get(name) for name in given}, given)

    def test_working_directory(self):
        self.assertEqual(self.run_sandbox("pwd").text, "/\n")
        self.assertEqual(self.run_sandbox("pwd", options=["--workdir", "/usr/share"]).text, "/usr/share\n")

    def test_user(self):
        nobody = "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n"
        self.assertEqual(self.run_sandbox("id", options=["--user", "nobody"]).text, nobody)
        self.assertEqual(self.run_sandbox("id", "-u", options=["--user", "1234"]).text, "1234\n")
        pair = self.shell("id -u; id -g; id -G", options=["--user", "1234:4321"])
        self.assertEqual(pair.text, "1234\n4321\n4321\n")

    def test_default_user_is_the_caller_without_other_groups(self):
        self.assertEqual(self.shell("id -u; id -g; id -G").text, f"{os.getuid()}\n{os.getgid()}\n{os.getgid()}\n")
