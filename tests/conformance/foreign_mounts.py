# SPDX-License-Identifier: LGPL-2.1-or-later
"""No mount of the host stops a sandbox: what cannot be shown is left out and named, and nothing is waited for."""

import ctypes
import os

from harness import Conformance

MNT_DETACH = 2
libc = ctypes.CDLL(None, use_errno=True)


def mount(point, fstype, options):
    if libc.mount(b"test", point.encode(), fstype.encode(), 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount a {fstype} at {point}")


def unmount(point):
    libc.umount2(point.encode(), MNT_DETACH)


class ForeignMounts(Conformance):
    """Its FUSE mounts are served by this process, which answers nothing: they hang, and once closed they are dead."""

    point = "/media"  # nothing may be mounted below it: libvirt walks to all that is, also where another mount hides it

    def fuse(self, *, users="user_id=0,group_id=0,allow_other"):
        if not os.path.exists("/dev/fuse"):
            self.skipTest("this machine has no /dev/fuse")
        daemon = os.open("/dev/fuse", os.O_RDWR)
        mount(self.point, "fuse", f"fd={daemon},rootmode=40000,{users}")
        self.addCleanup(unmount, self.point)
        self.addCleanup(os.close, daemon)  # first: whoever waits for an answer is let go
        return daemon

    def kill(self, daemon):
        """The connection ends with the last descriptor of its daemon."""
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, daemon)
        os.close(null)

    def for_each_fuse_mount(self, case, *, hung=True):
        """Runs a case with each kind of a mount that does not answer."""
        others = "user_id=12345,group_id=0"
        kinds = {"dead": lambda: self.kill(self.fuse()), "private": lambda: self.fuse(users=others),
                 "private and dead": lambda: self.kill(self.fuse(users=others))}
        if hung:
            kinds["hung"] = self.fuse
        for kind, make in kinds.items():
            with self.subTest(kind):
                try:
                    make()
                    case()
                finally:
                    self.doCleanups()

    def assert_runs(self, *options, script="echo done", out=b"done\n", err=b""):
        result = self.shell(script, options=options)
        self.assertEqual((result.status, result.stdout, result.stderr), (0, out, err))

    def test_a_fuse_mount_of_any_kind(self):
        self.for_each_fuse_mount(self.assert_runs)

    def test_a_fuse_mount_of_any_kind_that_is_masked(self):
        self.for_each_fuse_mount(lambda: self.assert_hidden(f"type=mask,target={self.point}"))

    def test_a_path_below_a_dead_mount_is_masked_with_all_of_it(self):
        self.for_each_fuse_mount(lambda: self.assert_hidden(f"type=mask,target={self.point}/secret/key"), hung=False)

    def test_a_mount_that_hangs_is_left_out_where_a_path_inside_is_to_be_masked(self):
        self.fuse()
        self.assert_runs("--mount", f"type=mask,target={self.point}/secret/key", err=f"sandgraft run: warning: what is "
                         f"mounted at '{self.point}' is not in the sandbox: it does not answer\n".encode())

    def test_what_is_named_inside_of_a_mount_that_hangs_is_refused(self):
        self.fuse()
        for mount in (f"type=ram,target={self.point}/new", f"type=bind,source={self.point},target=/opt",
                      f"type=bind,source={self.point}/directory,target=/opt"):
            result = self.run_sandbox("true", options=("--mount", mount))
            self.assert_refused(result, f"what is mounted at '{self.point}' does not answer")

    def test_a_fuse_mount_of_any_kind_that_something_is_mounted_on(self):
        mounts = [f"type=ram,target={self.point}", f"type=file,target={self.point}/new,content=x"]
        self.for_each_fuse_mount(lambda: self.assert_hidden(*mounts, shown=b"new\n"))

    def assert_hidden(self, *mounts, shown=b""):
        options = [word for mount in mounts for word in ("--mount", mount)]
        self.assert_runs(*options, script=f"ls -A {self.point}", out=shown)

    def test_what_is_mounted_below_an_automount_point(self):
        with open("/proc/filesystems", encoding="utf-8") as filesystems:
            if "autofs\n" not in filesystems.read():
                self.skipTest("this kernel has no autofs")
        self.automount("key")
        self.assert_runs(err=f"sandgraft run: warning: what is mounted at '{self.point}/key' is not in the sandbox: it is "
                             "below an automount point\n".encode())

    def automount(self, key):
        """An indirect automount point, one key of which is mounted, and whose daemon answers no more."""
        requests = os.pipe()
        self.addCleanup(lambda: [os.close(end) for end in requests])
        daemon = os.fork()
        if daemon == 0:  # the kernel knows the daemon by its process group, which alone may make directories there
            try:
                os.setpgid(0, 0)
                mount(self.point, "autofs", f"fd={requests[1]},pgrp={os.getpid()},minproto=5,maxproto=5,indirect")
                os.mkdir(f"{self.point}/{key}")
                mount(f"{self.point}/{key}", "tmpfs", "")
            finally:
                os._exit(0)
        os.waitpid(daemon, 0)
        self.addCleanup(unmount, self.point)
        self.assertTrue(os.path.ismount(f"{self.point}/{key}"))
