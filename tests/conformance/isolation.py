# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sandbox sees the host's files and nothing else of it, and changes nothing but its grafts."""

import os
import socket
import stat
import subprocess
import tempfile
import threading
import time

from harness import Conformance

MARK = "sandgraft-was-here"

# Directories of the host: nothing can be made in them. Everything else is private or does not exist.
HOST_DIRECTORIES = ["/", "/bin", "/boot", "/etc", "/etc/cron.d", "/lib", "/media", "/mnt", "/opt", "/sbin", "/srv",
                    "/usr", "/usr/bin", "/usr/lib", "/usr/local/bin", "/usr/share", "/var", "/var/cache", "/var/lib",
                    "/var/lib/dpkg", "/var/log", "/var/spool"]
PRIVATE_DIRECTORIES = ["/tmp", "/var/tmp", "/run", "/dev", "/dev/shm", "/root", "/home"]

# Kernel files whose writer owns the machine. Opening is enough to know; nothing is written.
KERNEL_FILES = ["/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
                "/proc/sys/vm/drop_caches", "/proc/sys/fs/binfmt_misc/register", "/proc/kcore", "/dev/mem", "/dev/kmsg",
                "/dev/vda", "/dev/sda", "/sys/kernel/uevent_helper", "/sys/power/state", "/sys/kernel/mm/ksm/run"]

# Every line that succeeds says so. None does harm where it succeeds: a mode or owner is set to what it is, and what is
# made carries the mark. Where the mount namespace is the host's own, nothing is tried at all.
ATTACKS = """
test "$(readlink /proc/self/ns/mnt)" != "{namespace}" || exit 99
for d in {directories}; do
    touch $d/{mark} && echo touched $d
    mkdir $d/{mark}.d && echo made a directory in $d
    ln -s x $d/{mark}.l && echo linked in $d
done
for f in /etc/passwd /etc/hostname /etc/resolv.conf /usr/bin/env /var/lib/dpkg/status; do
    (: >>$f) && echo opened $f
    chmod $(stat -L -c %a $f) $f && echo changed mode of $f
    chown $(stat -L -c %u:%g $f) $f && echo changed owner of $f
    touch $f && echo changed times of $f
    ln $f $f.{mark} && echo linked $f
done
for o in rw,bind,remount rw,remount; do
    mount -o $o / && echo remounted with $o
    mount -o $o /usr && echo remounted with $o
    unshare --mount mount -o $o / && echo remounted in a namespace with $o
    unshare --mount sh -c "mount -o $o /; touch /{mark}" && echo touched in a namespace with $o
    unshare --user --map-root-user --mount sh -c "mount -o $o /; touch /{mark}" && echo touched in a user namespace
done
umount -l / && echo unmounted
umount -l /etc/shadow; grep -s . /etc/shadow && echo unmasked
mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk && echo read the disk
for g in /sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent {kernel}; do
    test -e $g && (: >>$g) && echo opened $g
done
for p in /proc/1/root /proc/$PPID/root; do touch $p/etc/{mark} && echo touched through $p; done
exit 0
""".format(directories=" ".join(HOST_DIRECTORIES), kernel=" ".join(KERNEL_FILES), mark=MARK,
           namespace=os.readlink("/proc/self/ns/mnt"))

USERS = {
    # who attacks: the options for it
    "the calling user": [],
    "root": ["--user", "root"],
    "nobody": ["--user", "nobody"],
    "privileged": ["--privileged"],
}

SNAPSHOT = ["/bin", "/boot", "/etc", "/lib", "/lib64", "/opt", "/sbin", "/srv", "/usr", "/var"]
BUSY = {"/var/log", "/var/tmp", "/var/cache/ldconfig", "/var/lib/libvirt", "/var/cache/libvirt", "/etc/libvirt",
        "/usr/local/cuda"}


def snapshot():
    """Path -> what would show a change, for the host's trees; its top directories alone."""
    found = {}
    pending = []
    for top in ["/", *os.listdir("/")]:
        path = os.path.join("/", top)
        found[path] = facts(path)
    pending += [path for path in SNAPSHOT if os.path.isdir(path) and not os.path.islink(path)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                found[entry.path] = facts(entry.path)
                if entry.is_dir(follow_symlinks=False) and entry.path not in BUSY:
                    pending.append(entry.path)
    return found


def facts(path):
    info = os.lstat(path)
    if stat.S_ISDIR(info.st_mode):
        return info.st_mode, info.st_uid, info.st_gid, info.st_ino
    return info.st_mode, info.st_uid, info.st_gid, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def remove_marks():
    """Were an attack to succeed, the machine is not to keep it."""
    for directory in {*HOST_DIRECTORIES, *PRIVATE_DIRECTORIES, "/usr/bin", "/var/lib/dpkg"}:
        if os.path.isdir(directory):
            for name in os.listdir(directory):
                if MARK in name:
                    path = os.path.join(directory, name)
                    os.rmdir(path) if name.endswith(".d") else os.unlink(path)


def owner_and_mode(path):
    info = os.stat(path)
    return info.st_uid, info.st_gid, info.st_mode


class Limits(Conformance):
    def test_swap_is_part_of_memory(self):
        """It shows where the host has swap; without it there is nowhere to go anyway."""
        program = "block = bytearray(b'x') * (256 << 20); print(len(block))"
        for size, status_is_good in (("512M", True), ("64M", False)):
            with self.subTest(size):
                result = self.run_sandbox("python3", "-c", program, options=["--memory", size], limit=60)
                self.assertEqual((result.status == 0, result.text), (status_is_good, f"{256 << 20}\n" * status_is_good))


class Files(Conformance):
    def setUp(self):
        self.addCleanup(remove_marks)

    def test_nothing_on_the_host_changes(self):
        """Twice at most: another program of the machine may have changed something once, but hardly twice."""
        for attempt in (1, 2):
            before = snapshot()
            for options in USERS.values():
                self.assertEqual(self.shell(ATTACKS, options=options, limit=60).status, 0)
            after = snapshot()
            changes = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
            if not changes:
                break
        self.assertEqual(changes, [], f"after attempt {attempt}")

    def test_attacks_fail(self):
        for who, options in USERS.items():
            with self.subTest(who):
                result = self.shell(ATTACKS, options=options, limit=60)
                self.assertEqual((result.status, result.text), (0, ""))

    def test_private_directories_stay_private(self):
        script = "".join(f"touch {path}/{MARK} 2>/dev/null;" for path in PRIVATE_DIRECTORIES)
        for who, options in USERS.items():
            with self.subTest(who):
                self.shell(script, options=options)
                for path in PRIVATE_DIRECTORIES:
                    self.assertFalse(os.path.lexists(os.path.join(path, MARK)), path)

    def test_temporary_files(self):
        host = self.scratch()
        result = self.shell(f"echo x >/tmp/a && cat /tmp/a; ls -d {host}; stat -c %a /tmp /var/tmp /dev/shm /run")
        self.assertEqual(result.text, "x\n1777\n1777\n1777\n755\n")

    def test_run_is_roots_with_a_place_for_the_user(self):
        script = 'stat -c "%a %u:%g" /run /run/user $XDG_RUNTIME_DIR; touch $XDG_RUNTIME_DIR/x && ls /run/user/*; touch /run/x'
        for user in "1234:4321", "daemon:daemon":
            with self.subTest(user):
                result = self.shell(f"id -u; id -g; {script}", options=["--user", user])
                uid, gid, *shown = result.text.split()
                self.assertEqual(shown, ["755", "0:0", "755", "0:0", "700", f"{uid}:{gid}", "x"])
                self.assertIn(b"'/run/x': Permission denied", result.stderr)

    def test_a_graft_at_the_users_place_is_left_alone(self):
        for target, own in (("/run/user", False), ("/run/user/1234", True), ("/var/run/user/1234", True)):
            with self.subTest(target):
                host = self.scratch()
                os.chmod(host, 0o755)
                before = owner_and_mode(host)
                result = self.shell("echo $XDG_RUNTIME_DIR", options=["--user", "1234", "-v", f"{host}:{target}"])
                self.assertEqual((result.status, result.text), (0, "/run/user/1234\n" if own else "\n"))
                self.assertEqual((os.listdir(host), owner_and_mode(host)), ([], before))

    def test_a_target_at_the_users_place(self):
        """libvirt or Sandgraft makes the directories above it, which a user is given as if they had been missing."""
        host = self.scratch()
        os.chmod(host, 0o755)
        with open(f"{host}/file", "wb"):
            pass
        script = "stat -c '%a %u' $XDG_RUNTIME_DIR; ls $XDG_RUNTIME_DIR; touch $XDG_RUNTIME_DIR/new"
        for spec in ("type=ram,target=/run/user/1234/a", "type=file,target=/run/user/1234/a",
                     f"type=bind,source={host}/file,target=/run/user/1234/a",
                     f"type=bind,source={host}/file,target=/var/run/user/1234/a"):
            with self.subTest(spec):
                result = self.shell(script, options=["--user", "1234", "--mount", spec])
                self.assertEqual((result.status, result.stderr, result.text), (0, b"", "700 1234\na\n"))
        result = self.shell("stat -c '%a %u' /run/user /run/user/1234",
                            options=["--user", "1234", "-v", f"{host}/file:/run/user/file"])
        self.assertEqual(result.text, "755 0\n700 1234\n")

    def test_secrets_are_masked(self):
        result = self.shell("cat /etc/shadow /etc/gshadow; ls -A /root /home; ls /run", options=["--user", "root"])
        self.assertNotRegex(result.text, r"root:[^\n]")
        for name in os.listdir("/root") + os.listdir("/home"):
            self.assertNotIn(name, result.text.split())

    def test_host_files_are_seen(self):
        with open("/etc/passwd", "rb") as passwd:
            self.assertEqual(self.run_sandbox("cat", "/etc/passwd").stdout, passwd.read())


class Grafts(Conformance):
    def mount(self, text):
        return ["--mount", text]

    def test_writable_directory(self):
        host = self.scratch()
        os.chmod(host, 0o777)
        result = self.shell("echo from the sandbox >/srv/file; cat /srv/file",
                            options=self.mount(f"type=bind,source={host},target=/srv"))
        self.assertEqual((result.status, result.text), (0, "from the sandbox\n"), result.stderr)
        with open(os.path.join(host, "file"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "from the sandbox\n")

    def test_readonly_directory(self):
        host = self.scratch()
        with open(os.path.join(host, "file"), "w", encoding="utf-8") as file:
            file.write("kept")
        os.chmod(host, 0o777)
        result = self.shell("cat /srv/file; echo x >/srv/file; touch /srv/new; mount -o remount,bind,rw /srv; touch /srv/n",
                            options=[*self.mount(f"type=bind,source={host},target=/srv,readonly"), "--user", "root"])
        self.assertEqual((result.text, os.listdir(host)), ("kept", ["file"]))
        self.assertNotEqual(result.status, 0)

    def test_writable_file(self):
        host = os.path.join(self.scratch(), "file")
        with open(host, "w", encoding="utf-8") as file:
            file.write("old")
        os.chmod(os.path.dirname(host), 0o755)
        os.chmod(host, 0o666)
        result = self.shell("cat /etc/issue; echo new >/etc/issue",
                            options=self.mount(f"type=bind,source={host},target=/etc/issue"))
        self.assertEqual((result.status, result.text), (0, "old"), result.stderr)
        with open(host, encoding="utf-8") as file:
            self.assertEqual(file.read(), "new\n")

    def test_ram(self):
        script = "df --output=size -k /srv | tail -n 1; head -c 3M /dev/zero >/srv/big; stat -c %s /srv/big; ls /srv"
        result = self.shell(script, options=[*self.mount("type=ram,target=/srv,size=2M"), "--user", "root"])
        self.assertEqual(result.text.split(), ["2048", str(2 * 1024 * 1024), "big"])
        self.assertIn(b"No space left", result.stderr)

    def test_file_with_content(self):
        result = self.shell("cat /etc/motd; stat -c %a /etc/motd; echo x >/etc/motd",
                            options=[*self.mount("type=file,target=/etc/motd,content=hello,mode=640,readonly"),
                                     "--user", "root"])
        self.assertEqual((result.text, result.status != 0), ("hello640\n", True))

    def test_a_file_has_its_sources_mode_and_owner(self):
        source = os.path.join(self.scratch(), "source")
        with open(source, "w", encoding="utf-8") as file:
            file.write("secret")
        os.chmod(source, 0o4640)
        own = f"{os.getuid()}:{os.getgid()}"
        for keys, shown in (("", f"640 {own}"), (",mode=400", f"400 {own}"), (",uid=33,gid=7", "640 33:7")):
            with self.subTest(keys):
                result = self.shell("stat -c '%a %u:%g' /etc/motd",
                                    options=self.mount(f"type=file,target=/etc/motd,source={source}{keys}"))
                self.assertEqual((result.status, result.text), (0, shown + "\n"))

    def test_the_owner_of_a_file_may_write_to_it(self):
        result = self.shell("cat /etc/motd; echo more >>/etc/motd; cat /etc/motd",
                            options=[*self.mount("type=file,target=/etc/motd,content=x,mode=600,uid=1234,gid=1"),
                                     "--user", "1234"])
        self.assertEqual((result.status, result.text), (0, "xxmore\n"))

    def test_guest_bind(self):
        result = self.shell("cat /srv/passwd", options=self.mount("type=guest-bind,source=/etc,target=/srv"))
        with open("/etc/passwd", "rb") as passwd:
            self.assertEqual(result.stdout, passwd.read())

    def test_guest_binds_of_kernel_files(self):
        """What is closed at its own place is closed at the other one."""
        for source in "/proc", "/sys", "/":
            with self.subTest(source):
                script = """
                    opened() { for f in $1/irq/default_smp_affinity $1/sys/net/ipv4/ip_forward $1/sysrq-trigger \
                               $1/kernel/mm/ksm/run $1/fs/cgroup/memory/notify_on_release $1/keys $1/kallsyms; do
                                   test -e $f && (: >>$f) 2>/dev/null && echo opened $f; done; }
                    opened /srv; opened /srv/proc; opened /srv/sys
                    cat /srv/keys /srv/kallsyms /srv/proc/keys /srv/proc/kallsyms 2>/dev/null
                    grep -E ' /srv[^ ]* (proc|sysfs|cgroup2?) rw' /proc/mounts | grep -vE ' /srv(/proc)? '"""
                result = self.shell(script, options=[*self.mount(f"type=guest-bind,source={source},target=/srv"),
                                                     "--user", "root"])
                self.assertEqual(result.text, "")

    def test_mask(self):
        options = [*self.mount("type=mask,target=/etc/passwd"), *self.mount("type=mask,target=/usr/share"),
                   *self.mount("type=mask,target=/no/such/thing")]
        result = self.shell("cat /etc/passwd; ls -A /usr/share", options=options)
        self.assertEqual((result.text, os.path.exists("/no")), ("", False))

    def test_kept_sandboxes_are_hidden(self):
        """What listens in their directories is for the host alone, also when it comes later."""
        os.makedirs("/run/sandgraft", mode=0o711, exist_ok=True)
        place = tempfile.mkdtemp(prefix="conformance-", dir="/run/sandgraft")
        self.addCleanup(os.rmdir, place)
        result = self.shell("ls -A /mnt/sandgraft; test -e /mnt/libvirt && echo the rest",
                            options=["--user", "root", *self.mount("type=bind,source=/run,target=/mnt")])
        self.assertEqual((result.status, result.text), (0, "the rest\n"), result.stderr)
        for source in ("/run/sandgraft", place, "/var/run/sandgraft"):
            self.assert_refused(self.run_sandbox("true", options=self.mount(f"type=bind,source={source},target=/mnt")),
                                source, "kept sandboxes")

    def test_parents_come_before_children(self):
        host = self.scratch()
        os.mkdir(os.path.join(host, "in"))
        os.chmod(host, 0o755)
        options = [*self.mount("type=file,target=/srv/in/file,content=inner"),
                   *self.mount("type=ram,target=/srv/in,size=1M"),
                   *self.mount(f"type=bind,source={host},target=/srv,readonly")]
        self.assertEqual(self.shell("cat /srv/in/file; ls /srv", options=options).text, "innerin\n")
        self.assertEqual(os.listdir(os.path.join(host, "in")), [])

    def test_grafts_in_masks(self):
        """Whoever makes them; and the masks stay read-only."""
        host = self.scratch()
        os.chmod(host, 0o755)
        os.mkdir(os.path.join(host, "data"))
        for place in ("/home", "/opt"):
            with self.subTest(place):
                options = [word for spec in (f"type=mask,target={place}", f"type=bind,source={host},target={place}/me",
                                             f"type=ram,target={place}/ram", f"type=file,target={place}/.a/b,content=x",
                                             f"type=guest-bind,source=/usr,target={place}/usr")
                           for word in self.mount(spec)]
                result = self.shell(f"touch {place}/x 2>/dev/null; cd {place}; touch ram/x; ls -A . me ram .a; cat .a/b; "
                                    "test -d usr/bin && echo bound", options=options)
                self.assertEqual((result.status, result.text.split()),
                                 (0, [".:", ".a", "me", "ram", "usr", ".a:", "b", "me:", "data", "ram:", "x", "xbound"]),
                                 result.stderr)

    def test_grafts_in_private_directories(self):
        host = self.scratch()
        os.chmod(host, 0o755)
        os.mkdir(os.path.join(host, "data"))
        places = ["/tmp", "/var/tmp", "/run", *(["/var/run"] if os.path.realpath("/var/run") == "/run" else [])]
        for place in places:
            with self.subTest(place):
                options = [word for spec in (f"type=bind,source={host},target={place}/new/bind",
                                             f"type=ram,target={place}/ram", f"type=file,target={place}/a/b,content=x",
                                             f"type=guest-bind,source=/usr,target={place}/usr")
                           for word in self.mount(spec)]
                result = self.shell(f"cd {place}; touch ram/x; ls new/bind ram; cat a/b; test -d usr/bin && echo bound",
                                    options=options)
                self.assertEqual((result.status, result.text.split()), (0, ["new/bind:", "data", "ram:", "x", "xbound"]),
                                 result.stderr)

    def test_a_link_to_where_no_mount_may_be(self):
        host = self.scratch()
        os.chmod(host, 0o755)
        os.mkdir(f"{host}/run")
        os.mkdir(f"{host}/proc")
        os.symlink("run", f"{host}/link")
        os.symlink("/proc", f"{host}/kernel")
        for spec, target, place in ((f"type=bind,source={host},target=/link", "/link", "/run"),
                                    ("type=mask,target=/link", "/link", "/run"),
                                    ("type=file,target=/kernel/x,content=x", "/kernel/x", "/proc/x")):
            with self.subTest(spec):
                result = self.run_sandbox("true", options=["--root", host, *self.mount(spec)])
                self.assert_refused(result, f"'{target}'", f"'{place}'")

    def test_what_a_bind_leaves_out_is_told(self):
        """libvirt binds a directory without what is mounted below it."""
        host = self.scratch()
        os.mkdir(f"{host}/below")
        subprocess.run(["mount", "-t", "tmpfs", "none", f"{host}/below"], check=True)
        self.addCleanup(subprocess.run, ["umount", f"{host}/below"], check=True)
        result = self.run_sandbox("true", options=self.mount(f"type=bind,source={host},target=/srv"))
        warning, = result.stderr.decode().splitlines()
        self.assertEqual(result.status, 0)
        self.assertIn(f"warning: the bind at '/srv' does not have what is mounted at '{host}/below'", warning)

    def test_a_graft_in_place_of_a_mask(self):
        host = self.scratch()
        os.chmod(host, 0o755)
        os.mkdir(os.path.join(host, "data"))
        result = self.shell("ls /home", options=self.mount(f"type=bind,source={host},target=/home"))
        self.assertEqual((result.status, result.text), (0, "data\n"), result.stderr)


# Walks the kernel's own files, but for those of processes and of the sandbox's own network, and prints what opens for
# writing. Opening is enough to know; no terminal becomes the walker's own. What has no write bit nobody can write to:
# a privileged user opens it, and the kernel has nothing there that takes a write.
OPENS_FOR_WRITING = """
import os, stat
for top in "/proc", "/sys", "/dev":
    for place, directories, files in os.walk(top):
        if place == "/proc":
            directories[:] = [name for name in directories if not name.isdigit() and name not in ("self", "thread-self")]
        for path in (os.path.join(place, name) for name in files):
            try:
                mode = os.lstat(path).st_mode
                if path.startswith(("/proc/sys/net/", "/dev/shm/")) or stat.S_ISLNK(mode) or not mode & 0o222:
                    continue
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY))
                node = os.stat(path)
                print(path, f"{os.major(node.st_rdev)}:{os.minor(node.st_rdev)}")
            except OSError:
                pass
"""

OPEN_DEVICES = {"/dev/console 1:3", "/dev/full 1:7", "/dev/initctl 0:0", "/dev/null 1:3", "/dev/ptmx 5:2",
                "/dev/pts/ptmx 5:2", "/dev/random 1:8", "/dev/tty1 1:3", "/dev/tty2 1:3", "/dev/urandom 1:9", "/dev/zero 1:5"}

# What tells root of the host's memory, addresses, keys, log and hardware.
REVEALING = ["/proc/config.gz", "/proc/interrupts", "/proc/iomem", "/proc/ioports", "/proc/kallsyms", "/proc/kcore",
             "/proc/key-users", "/proc/keys", "/proc/kmsg", "/proc/kpagecgroup", "/proc/kpagecount", "/proc/kpageflags",
             "/proc/pagetypeinfo", "/proc/sched_debug", "/proc/slabinfo", "/proc/timer_list", "/proc/tty/driver",
             "/proc/vmallocinfo", "/sys/devices/virtual/dmi", "/sys/firmware", "/sys/fs/pstore", "/sys/kernel/debug",
             "/sys/kernel/notes", "/sys/kernel/security", "/sys/kernel/slab", "/sys/kernel/tracing",
             "/sys/kernel/vmcoreinfo"]


class KernelFiles(Conformance):
    def test_nothing_opens_for_writing_but_devices_of_its_own(self):
        for who, options in USERS.items():
            with self.subTest(who):
                result = self.run_sandbox("/usr/bin/python3", "-IS", "-c", OPENS_FOR_WRITING, options=[*options, "--no-tty"],
                                          limit=60)
                self.assertEqual(result.status, 0, result.stderr)
                self.assertEqual(set(result.text.splitlines()) - OPEN_DEVICES, set())

    def test_what_tells_of_the_host_is_empty(self):
        script = "for f in \"$@\"; do test -d $f && ls -A $f; test -f $f && head -c 100 $f; done 2>/dev/null; dmesg; exit 0"
        for who, options in USERS.items():
            with self.subTest(who):
                self.assertEqual(self.run_sandbox("sh", "-c", script, "sh", *REVEALING, options=options).text, "")

    def test_terminals_are_the_sandbox_s_own(self):
        """libvirt's are the console and, where there is no socket, the channel to the host."""
        for who, options in USERS.items():
            with self.subTest(who):
                self.assertEqual(self.shell("ls /dev/pts", options=[*options, "--no-tty"]).text.split(), ["ptmx"])


class Processes(Conformance):
    def test_host_processes_are_invisible(self):
        sleeper = subprocess.Popen(["sleep", "98765"])
        self.addCleanup(sleeper.wait)
        self.addCleanup(sleeper.kill)
        result = self.shell("for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done")
        self.assertNotIn("98765", result.text)
        self.assertLess(len(result.text.splitlines()), 8, result.text)

    def test_namespaces_are_its_own(self):
        names = ["cgroup", "ipc", "mnt", "net", "pid", "uts"]
        for options in USERS.values():
            inside = self.shell("readlink " + " ".join(f"/proc/self/ns/{name}" for name in names), options=options)
            for name, link in zip(names, inside.text.split()):
                self.assertNotEqual(link, os.readlink(f"/proc/self/ns/{name}"), name)

    def test_no_capabilities(self):
        for options in ([], ["--user", "root"], ["--user", "nobody"]):
            with self.subTest(options):
                status = self.shell("grep -E '^(Cap|NoNewPrivs|Groups)' /proc/self/status", options=options).text
                lines = dict(line.split(":", 1) for line in status.splitlines())
                for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                    self.assertEqual(int(lines[name], 16), 0, name)
                self.assertEqual(lines["NoNewPrivs"].strip(), "1")

    def test_privileged_has_few_capabilities(self):
        text = self.shell("id -u; grep CapEff /proc/self/status", options=["--privileged"]).text.split()
        cap_sys_admin, cap_sys_module, cap_sys_rawio, cap_sys_boot = 21, 16, 17, 22
        self.assertEqual(text[0], "0")
        capabilities = int(text[2], 16)
        self.assertNotEqual(capabilities, 0)
        for bit in (cap_sys_admin, cap_sys_module, cap_sys_rawio, cap_sys_boot):
            self.assertEqual(capabilities >> bit & 1, 0, bit)

    def test_system_calls_are_filtered(self):
        for options in USERS.values():
            self.assertEqual(self.shell("grep -x 'Seccomp:.2' /proc/self/status", options=options).status, 0)

    def test_descriptors(self):
        """0 to 2 and the one on the listed directory, also when the caller leaks others."""
        leaked = os.open("/etc", os.O_RDONLY)
        self.addCleanup(os.close, leaked)
        result = self.run_sandbox("ls", "/proc/self/fd", pass_fds=[leaked])
        self.assertEqual(result.text.split(), ["0", "1", "2", "3"])

    def test_session_of_its_own(self):
        own = self.shell("cut -d' ' -f1,5,6 /proc/$$/stat").text.split()
        self.assertEqual(len(set(own)), 1, own)

    def test_devices(self):
        """What a program needs, and no disk, memory or kernel log."""
        found = set(self.run_sandbox("ls", "/dev").text.split())
        self.assertLessEqual({"null", "zero", "full", "random", "urandom", "tty", "pts", "shm", "ptmx", "fd", "stdin",
                              "stdout", "stderr"}, found)
        self.assertEqual(found & {"mem", "kmem", "kmsg", "port", "vda", "sda", "loop0", "kvm", "fuse", "vsock"}, set())


class Network(Conformance):
    def test_loopback_alone_and_up(self):
        result = self.shell("tail -n +3 /proc/net/dev | cut -d: -f1; cat /sys/class/net/lo/flags")
        names, flags = result.text.split()[:-1], int(result.text.split()[-1], 16)
        self.assertEqual((names, flags & 1), (["lo"], 1))

    def test_loopback_works(self):
        program = ("import socket; s = socket.create_server(('127.0.0.1', 0)); "
                   "c = socket.create_connection(s.getsockname()); a = s.accept()[0]; c.sendall(b'x'); print(a.recv(1))")
        self.assertEqual(self.run_sandbox("/usr/bin/python3", "-IS", "-c", program).text, "b'x'\n")

    def test_host_sockets_are_out_of_reach(self):
        reached = []
        unix = os.path.join(self.scratch(), "socket")
        os.chmod(os.path.dirname(unix), 0o755)
        servers = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
        abstract = f"\0sandgraft-{os.getpid()}-{time.monotonic_ns()}"
        servers[1].bind(abstract)
        servers[2].bind(unix)
        for server in servers:
            server.listen()
            server.settimeout(0.2)
            self.addCleanup(server.close)
            threading.Thread(target=accept, args=(server, reached), daemon=True).start()
        port = servers[0].getsockname()[1]
        program = f"""
import socket
for family, address in ((socket.AF_INET, ('127.0.0.1', {port})), (socket.AF_UNIX, {abstract!r}), (socket.AF_UNIX, {unix!r})):
    try:
        with socket.socket(family) as s:
            s.settimeout(2)
            s.connect(address)
            print('reached', address)
    except OSError:
        pass
"""
        self.assertEqual(self.run_sandbox("/usr/bin/python3", "-IS", "-c", program).text, "")
        self.assertEqual(reached, [])


def accept(server, reached):
    try:
        reached.append(server.accept()[1])
    except OSError:
        pass
