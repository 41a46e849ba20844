# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a graft may hold: nothing in it gives a right that its mount does not ask for."""

import os
import stat
import subprocess

from harness import Conformance


class Flags(Conformance):
    def flags(self, target, *mounts):
        """Which of suid and dev a mount has inside."""
        options = [word for mount in mounts for word in ("--mount", mount)]
        found = self.shell(f"findmnt -n -o VFS-OPTIONS --mountpoint {target} | tail -n 1", options=options)
        self.assertEqual(found.status, 0, found.stderr)
        return {"suid", "dev"} - {word.removeprefix("no") for word in found.text.strip().split(",")}

    def test_asked_for_by_name(self):
        host = self.scratch()
        for source in f"type=bind,source={host}", "type=guest-bind,source=/usr":
            for given, flags in (("", set()), (",readonly", set()), (",suid", {"suid"}), (",dev", {"dev"}),
                                 (",suid,dev,readonly", {"suid", "dev"})):
                with self.subTest(source + given):
                    self.assertEqual(self.flags("/srv", f"{source},target=/srv{given}"), flags)

    def test_each_mount_has_its_own(self):
        host = self.scratch()
        os.mkdir(f"{host}/in")
        mounts = [f"type=bind,source={host},target=/srv", f"type=bind,source={host},target=/srv/in,suid"]
        self.assertEqual(self.flags("/srv", *mounts), set())
        self.assertEqual(self.flags("/srv/in", *mounts), {"suid"})
        self.assertEqual(self.flags("/srv/in", mounts[0] + ",suid", mounts[1].removesuffix(",suid")), set())
        self.assertEqual(self.flags("/opt/in", f"type=bind,source={host},target=/opt/in", "type=mask,target=/opt"), set())

    def test_what_is_made_in_memory_has_none(self):
        for mount in "type=ram,target=/srv", "type=file,target=/etc/motd,content=x", "type=mask,target=/srv":
            with self.subTest(mount):
                self.assertEqual(self.flags(mount.split("target=")[1].split(",")[0], mount), set())

    def test_devices(self):
        """A node that the host keeps in the graft; the sandbox's own /dev/zero shows that devices as such are allowed."""
        host = self.scratch()
        os.chmod(host, 0o755)
        os.mknod(f"{host}/zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.chmod(f"{host}/zero", 0o666)
        for flag, status_is_good in (("", False), (",dev", True)):
            with self.subTest(flag):
                result = self.shell("head -c 1 /dev/zero && head -c 1 /srv/zero",
                                    options=["--mount", f"type=bind,source={host},target=/srv{flag}"])
                self.assertEqual((result.status == 0, len(result.stdout)), (status_is_good, 1 + status_is_good))


# Ways to set a bit or a capability on a file. The graft is /srv, the host's setuid and setgid files are in /mnt. Whether
# one succeeded is seen outside.
MAKE_SET_ID_FILES = """
cd /srv
touch chmod chmod.g setcap setxattr nested
chmod u+s chmod
chmod g+s chmod.g
install -m 4755 /bin/true install
cp -p /mnt/setuid copied
cp -a /mnt/. all
mkdir -m 2755 mkdir
mkdir tar && tar -C /mnt -cf - setuid setgid | tar -C tar -xpf -
/usr/sbin/setcap cap_net_raw+ep setcap
unshare --user --map-root-user /usr/sbin/setcap cap_net_raw+ep nested
/usr/bin/python3 -IS -c "import os; os.open('open', os.O_CREAT, 0o6755)"
/usr/bin/python3 -IS -c "import os; os.setxattr('setxattr', 'security.capability', bytes.fromhex('{capability}'))"
mkdir upper work
/usr/bin/python3 -IS -c "{copy_up}"
chmod 755 chmod && echo done
""".format(capability="0100000200200000" + "00" * 12, copy_up="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
new_namespaces = 0x10020000  # CLONE_NEWUSER | CLONE_NEWNS
options = b'userxattr,lowerdir=/mnt,upperdir=/srv/upper,workdir=/srv/work'
if libc.unshare(new_namespaces) == 0 and libc.mount(b'none', b'/opt', b'overlay', 0, options) == 0:
    open('/opt/setuid', 'r+b')
""")

USERS = {"root": ["--user", "root"], "nobody": ["--user", "nobody"], "privileged": ["--privileged"]}


def has_capabilities(path):
    """Those of a namespace whose root is another user's are none here; its number is the last word."""
    if "security.capability" not in os.listxattr(path):
        return False
    value = os.getxattr(path, "security.capability")
    return len(value) <= 20 or int.from_bytes(value[20:24], "little") == 0


class SetIdFiles(Conformance):
    def found(self, directory):
        """What has a bit or a capability that counts outside."""
        for place, directories, files in os.walk(directory):
            for path in (os.path.join(place, name) for name in directories + files):
                if os.lstat(path).st_mode & (stat.S_ISUID | stat.S_ISGID) or has_capabilities(path):
                    yield path

    def test_none_is_made(self):
        lower = self.scratch()
        os.chmod(lower, 0o755)
        for name, mode in (("setuid", 0o4755), ("setgid", 0o2755)):
            subprocess.run(["install", "-m", f"{mode:o}", "/bin/true", f"{lower}/{name}"], check=True)
        for who, options in USERS.items():
            with self.subTest(who):
                host = self.scratch()
                os.chmod(host, 0o777)
                mounts = ["--mount", f"type=bind,source={host},target=/srv,suid",
                          "--mount", f"type=bind,source={lower},target=/mnt,readonly,suid"]
                result = self.shell(MAKE_SET_ID_FILES, options=[*options, *mounts])
                self.assertEqual((result.status, result.text), (0, "done\n"), result.stderr)
                self.assertEqual(list(self.found(host)), [])

    def test_all_else_is_made(self):
        host = self.scratch()
        os.chmod(host, 0o777)
        result = self.shell("cd /srv; install -m 755 /bin/true a && cp -p a b && mkdir -m 1777 c && tar -c a b c | tar -C c -x &&"
                            "chmod u+s-s a && stat -c %a a b c c/a", options=["--mount", f"type=bind,source={host},target=/srv"])
        self.assertEqual(result.text.split(), ["755", "755", "1777", "755"], result.stderr)
