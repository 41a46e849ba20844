# SPDX-License-Identifier: LGPL-2.1-or-later
"""A sandbox that uses up its memory ends alone, with a status and a line that tell why."""

from harness import Conformance

# Each takes more memory than it gets; what it prints is not looked at.
HOGS = {
    "one process": "exec /usr/bin/python3 -c 'block = bytearray(1 << 30)'",
    "a process of the command": "head -c 1G /dev/zero | tail; exit 137",
    "many processes": """exec /usr/bin/python3 -c '
import os, time
while True:
    if os.fork() == 0:
        block = bytearray(1 << 20)
        time.sleep(60)
'""",
    "shared memory that outlives its processes": """exec /usr/bin/python3 -c '
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
while True:
    place = libc.shmat(libc.shmget(0, 1 << 20, 0o1600), None, 0)
    ctypes.memset(place, 1, 1 << 20)
'""",
}


class MemoryFilesystems(Conformance):
    """None of them, nor all together, can hold so much that the sandbox ends for it."""

    def fill(self, *files, **keywords):
        writes = "".join(f"dd if=/dev/zero of={file} bs=64K; " for file in files)
        return self.shell(f"{writes} cat {' '.join(files)} | wc -c", **keywords)

    def test_each_and_all(self):
        """Half of the memory is for those that every sandbox has."""
        files = "/tmp/x", "/var/tmp/x", "/dev/shm/x", "/run/x", "/etc/motd"
        options = ["--memory", "64M", "--user", "root", "--mount", "type=file,target=/etc/motd,content=x"]
        for some in *([file] for file in files), files:
            with self.subTest(some):
                result = self.fill(*some, options=options)
                self.assertEqual((result.status, result.stderr.count(b"No space left on device")), (0, len(some)),
                                 result.stderr)
                self.assertLessEqual(int(result.text), 32 << 20)
                self.assertGreaterEqual(int(result.text), 3 << 20)

    def test_given_ones_beside_them(self):
        options = ["--memory", "64M", "--mount", "type=ram,target=/srv,size=32M", "--user", "root"]
        result = self.fill("/tmp/x", "/srv/x", "/run/x", options=options)
        self.assertEqual((result.status, result.stderr.count(b"No space left on device")), (0, 3), result.stderr)
        self.assertLessEqual(int(result.text), 48 << 20)

    def test_too_large_a_one_is_refused(self):
        result = self.run_sandbox("true", options=["--memory", "64M", "--mount", "type=ram,target=/srv"])
        self.assert_refused(result, "half of the memory of 64M", "'/srv'")

    def test_files_without_content(self):
        """They take memory too."""
        program = "import itertools\nfor i in itertools.count(): open(f'{place}/{i}', 'x').close()"
        for place in "/tmp", "/dev/shm":
            with self.subTest(place):
                result = self.run_sandbox("/usr/bin/python3", "-IS", "-c", program.replace("{place}", place),
                                          options=["--memory", "64M"])
                self.assertEqual((result.status, result.stderr.count(b"No space left on device")), (1, 1), result.stderr)


class OutOfMemory(Conformance):
    def assert_told(self, result, limit):
        line = f"sandgraft run: the sandbox ran out of memory (--memory {limit})\n"
        self.assertEqual((result.status, result.stderr.decode()[-len(line):]), (137, line), result.stderr)

    def test_whatever_uses_it_up(self):
        for limit in "16M", "64M", "200M":
            for what, script in HOGS.items():
                with self.subTest(what, limit=limit):
                    self.assert_told(self.shell(script, options=["--memory", limit], limit=60), limit)

    def test_again_and_again(self):
        """Now and then it was libvirt's controller that was killed, or init. Once in some 600 it still is, see
        docs/testing.md."""
        for _ in range(self.backend.row // 40):
            self.assert_told(self.shell(HOGS["a process of the command"], options=["--memory", "16M"]), "16M")

    def test_a_command_that_lives_on(self):
        """Nothing is said where it did not mind."""
        for status in 0, 3:
            result = self.shell(f"head -c 1G /dev/zero | tail; exit {status}", options=["--memory", "64M"])
            told = b"sandgraft run: the sandbox ran out of memory (--memory 64M)\n" if status else b""
            self.assertEqual((result.status, result.stderr.replace(b"Killed\n", b"")), (status, told))
