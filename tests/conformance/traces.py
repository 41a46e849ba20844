# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is left behind: no domain, mount, control group, file, process or descriptor of the daemon."""

import base64
import concurrent.futures
import os
import re
import signal
import subprocess
import time

from harness import Conformance

# Where Sandgraft, libvirt or a sandbox could leave a file. For every LXC domain that it ever started libvirt itself
# keeps a log and, until the machine starts anew, an empty entry of each of these kinds.
LIBVIRTS_OWN = re.compile(r"/run/libvirt/lxc/[^/]+\.(dev|devpts|fuse|sock)")
TREES = ["/run", "/etc/libvirt", "/var/lib/libvirt", "/var/cache/libvirt", "/tmp", "/var/tmp", "/dev/shm",
         "/sys/fs/cgroup"]
OTHERS = "sandgraft-conformance-"  # what this suite makes itself


class Machine:
    """What is there; two of them are compared."""

    def __init__(self, domains):
        self.domains = sorted(domains)
        self.mounts = sorted(mount_points())
        self.processes = sorted(processes())
        self.files = sorted(path for path in files() if not LIBVIRTS_OWN.fullmatch(path))

    def difference(self, other):
        """What is in this one and not in the other."""
        found = {}
        for name, mine in vars(self).items():
            extra = list(mine)
            for item in getattr(other, name):
                if item in extra:
                    extra.remove(item)
            if extra:
                found[name] = extra
        return found


def mount_points():
    with open("/proc/self/mountinfo", encoding="utf-8") as table:
        return [line.split()[4] for line in table]


def processes():
    """Command names of every process of the environment that is not this suite."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
                found.append(comm.read().strip())
        except FileNotFoundError:
            continue
    return found


def files():
    """Everything below the trees. Files in /tmp of others come and go: there only Sandgraft's names count."""
    for top in TREES:
        shared = top in ("/tmp", "/var/tmp", "/dev/shm")
        if shared:
            yield from (f"{top}/{name}" for name in os.listdir(top) if "sandgraft" in name and OTHERS not in name)
            continue
        for directory, _, names in os.walk(top):
            yield directory
            if top != "/sys/fs/cgroup":
                yield from (os.path.join(directory, name) for name in names)


def daemon():
    """The process number of the daemon."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
            if comm.read().strip() == "libvirtd":
                return int(pid)
    raise LookupError("no libvirtd")


def daemon_descriptors():
    """How many descriptors the daemon has open."""
    return len(os.listdir(f"/proc/{daemon()}/fd"))


def views():
    return [name for name in os.listdir("/run") if re.fullmatch("sandgraft-[0-9a-f]{16}", name)]


class Traces(Conformance):
    def setUp(self):
        self.assertEqual(self.run_sandbox("true").status, 0)  # what the daemon makes once, it may keep
        self.eventually(lambda: not self.domains())
        self.before = Machine(self.domains())
        self.descriptors = daemon_descriptors()

    def assert_no_trace(self):
        def left():
            return Machine(self.domains()).difference(self.before)
        self.eventually(lambda: not left(), 20, message=lambda: f"left behind: {left()}")
        self.eventually(lambda: daemon_descriptors() <= self.descriptors,
                        message=lambda: f"{self.descriptors} descriptors have become {daemon_descriptors()}")

    def test_many_in_a_row(self):
        for number in range(self.backend.row):
            result = self.run_sandbox("sh", "-c", f"exit {number}")
            self.assertEqual((result.status, result.stderr), (number, b""))
        self.assert_no_trace()

    def test_many_at_a_time(self):
        def one(number):
            return self.shell(f"cat; exit {number}", given=b"%d" % number, limit=60)
        count = 3 * self.backend.crowd
        with concurrent.futures.ThreadPoolExecutor(self.backend.crowd) as pool:
            results = list(pool.map(one, range(count)))
        self.assertEqual([(result.status, result.stdout) for result in results],
                         [(number, b"%d" % number) for number in range(count)])
        self.assert_no_trace()

    def test_failed_starts(self):
        for options in (["--mount", "type=bind,source=/nonexistent,target=/srv"], ["--user", "no-such-user"],
                        ["--workdir", "/nonexistent"]):
            self.assertEqual(self.run_sandbox("true", options=options).status, 125, options)
        self.assertEqual(self.run_sandbox("/nonexistent").status, 127)
        self.assert_no_trace()

    def test_killed_clients(self):
        for name in ("KILL", "TERM", "QUIT"):
            for script in ("echo ready; exec sleep 1000", "echo ready; trap '' TERM QUIT; cat /dev/zero >/dev/null"):
                process = self.start("sh", "-c", script)
                self.assertEqual(process.stdout.readline(), b"ready\n")
                process.send_signal(getattr(signal, "SIG" + name))
                if name != "KILL" and "trap" in script:
                    process.kill()
                self.wait(process)
        self.assert_no_trace()

    def test_clients_killed_at_any_moment(self):
        for step in range(self.backend.crowd):
            process = self.start("sleep", "1000", options=["--mount", "type=file,target=/etc/motd,content=x"])
            try:
                process.wait(step * 0.012)
            except subprocess.TimeoutExpired:
                process.kill()
            self.wait(process) if process.returncode is None else None
        self.assert_no_trace()

    def test_clients_killed_at_every_step(self):
        """At each call of the main thread that makes or removes something that others can see."""
        for call in ("clone", "connect", "mkdir", "mknod", "mount", "move_mount", "sendmsg"):
            count = self.kill_at_every(call, options=["--mount", "type=ram,target=/srv/new/place"])
            if call in ("clone", "mkdir", "mount", "move_mount"):
                self.assertGreater(count, 0, call)
        self.assert_no_trace()

    def test_a_client_killed_while_the_daemon_is_slow_to_start_its_sandbox(self):
        process = self.start("sleep", "1000")
        self.eventually(views)
        os.kill(daemon(), signal.SIGSTOP)
        try:
            time.sleep(0.5)
            process.kill()
            self.wait(process)
            time.sleep(6)
        finally:
            os.kill(daemon(), signal.SIGCONT)
        self.assert_no_trace()

    def test_a_running_sandbox_needs_no_directory(self):
        process = self.start("sh", "-c", "echo ready; exec sleep 1000")
        self.assertEqual(process.stdout.readline(), b"ready\n")
        self.eventually(lambda: not views())
        process.kill()
        self.wait(process)
        self.assert_no_trace()

    def kill_at_every(self, call, options):
        """Kills a client at its first such call, one at its second, until one has no more of them. Their number."""
        for number in range(1, 200):
            inject = f"inject={call}:signal=KILL:when={number}"
            tracer = ["strace", "-qq", "-o", "/dev/null", "-e", inject]
            status = subprocess.run([*tracer, *self.argv("true", options=options)], stdin=subprocess.DEVNULL,
                                    timeout=20 * self.backend.patience).returncode
            if status == 0:
                return number - 1
            self.assertEqual(status, -signal.SIGKILL)
        self.fail(f"no end of {call}")

    def test_nothing_secret_reaches_a_log(self):
        options = ["--name", "secret", "--env", "TOKEN=secret-variable",
                   "--mount", "type=file,target=/etc/motd,content=secret-content"]
        self.assertEqual(self.run_sandbox("sh", "-c", ": secret-argument; echo secret-output", options=options).status, 0)
        with open("/var/log/libvirt/lxc/secret.log", encoding="utf-8") as log:
            text = log.read()
        self.assertIn("starting up", text)
        for secret in b"secret-variable", b"secret-content", b"secret-argument", b"secret-output":
            self.assertNotIn(secret.decode(), text)
            self.assertNotIn(base64.b64encode(secret).decode().rstrip("="), text)

    def test_one_name_twice(self):
        name = f"twice-{os.getpid()}"
        first = self.start("sh", "-c", "echo ready; read line; echo got $line; exit 3", options=["--name", name])
        self.assertEqual(first.stdout.readline(), b"ready\n")
        self.assertEqual(self.domains(), [name])
        self.assert_refused(self.run_sandbox("true", options=["--name", name]), name)
        self.assertEqual(self.domains(), [name])
        first.stdin.write(b"still there\n")
        first.stdin.close()
        self.assertEqual(first.stdout.read(), b"got still there\n")
        self.assertEqual(self.wait(first)[0], 3)
        self.assertEqual(self.run_sandbox("sh", "-c", "exit 4", options=["--name", name]).status, 4)
        self.assert_no_trace()
