# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client that may not mount gets what libvirt alone can do, and is told the difference; one that loses libvirt ends."""

import os
import socket
import struct
import subprocess
import threading

from harness import Conformance

WITHOUT_MOUNTING = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]


def root_without_view():
    """libvirt creates a directory in the root that it is given: this one vanishes with the environment."""
    place = "/run/sandgraft-fallback"
    root = f"{place}/root"
    if not os.path.isdir(root):
        os.makedirs(f"{place}/skeleton/.oldroot")
        os.mkdir(root)
        subprocess.run(["mount", "-t", "overlay", "-o", f"ro,lowerdir={place}/skeleton:/", "none", root], check=True)
    return root


class WithoutTheRightToMount(Conformance):
    def setUp(self):
        self.root = root_without_view()

    def run_without(self, *command, options=()):
        return subprocess.run([*WITHOUT_MOUNTING, *self.argv(*command, options=("--root", self.root, *options))],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20, check=False)

    def test_the_command_runs_and_the_difference_is_told_in_one_line(self):
        result = self.run_without("sh", "-c", "echo out; touch /etc/x || exit 7")
        warning, *rest = result.stderr.decode().splitlines()
        self.assertEqual((result.returncode, result.stdout), (7, b"out\n"), result.stderr)
        self.assertIn("warning: the root is used as it is: ", warning)
        self.assertEqual(len(rest), 1, "only touch complains")

    def test_a_missing_target_is_refused_since_no_view_can_add_it(self):
        result = self.run_without("true", options=("--mount", "type=ram,target=/no/such/place"))
        self.assertEqual(result.returncode, 125)
        self.assertIn(b"the mount target '/no/such/place' does not exist below", result.stderr)

    def test_an_existing_target_is_used(self):
        result = self.run_without("sh", "-c", "touch /mnt/x && echo made", options=("--mount", "type=ram,target=/mnt"))
        self.assertEqual((result.returncode, result.stdout), (0, b"made\n"), result.stderr)


class WithoutRights(Conformance):
    def test_a_user_who_may_not_is_told_who_may(self):
        nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        result = subprocess.run([*nobody, *self.argv("true")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=20 * self.backend.patience, check=False)
        self.assertEqual((result.returncode, result.stderr.count(b"\n")), (125, 1), result.stderr)
        self.assertIn(b"(root may use it, and on most hosts the members of the group libvirt)", result.stderr)


class ApartFromLibvirt(Conformance):
    """A client in a mount namespace of its own, as a service with PrivateTmp= or ProtectSystem= is."""

    def run_apart(self, *command, options=(), mounts="mount -t tmpfs own /srv && mount -o bind,ro /usr /usr", wrapper=()):
        own = ["unshare", "--mount", "sh", "-c", mounts + ' && exec "$@"', "sh"]
        return subprocess.run([*own, *wrapper, *self.argv(*command, options=options)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20 * self.backend.patience, check=False)

    def views(self):
        return [name for name in os.listdir("/run") if name.startswith("sandgraft-") and name != "sandgraft-fallback"]

    def test_it_has_the_full_view_of_the_host(self):
        inside = "stat -f -c %T /; grep ' /srv ' /proc/mounts; ls -d /no/such/place; touch /etc/x || exit 7"
        result = self.run_apart("sh", "-c", inside, options=("--mount", "type=ram,target=/no/such/place"))
        self.assertEqual((result.returncode, result.stdout), (7, b"overlayfs\n/no/such/place\n"), result.stderr)
        self.assertEqual(result.stderr.count(b"\n"), 1, "only touch complains")
        self.eventually(lambda: not self.views())

    def test_paths_are_those_that_libvirt_sees(self):
        source = self.scratch()
        with open(f"{source}/file", "w", encoding="utf-8") as file:
            file.write("the host's")
        bind = ("--mount", f"type=bind,source={source},target=/mnt")
        result = self.run_apart("cat", "/mnt/file", options=bind, mounts=f"mount -t tmpfs own {source}")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"the host's", b""))

    def test_where_it_may_not_enter_libvirts_it_is_told(self):
        result = self.run_apart("echo", "out", options=("--root", root_without_view()),
                                wrapper=("setpriv", "--bounding-set=-sys_chroot", "--inh-caps=-sys_chroot"))
        self.assertEqual((result.returncode, result.stdout), (0, b"out\n"), result.stderr)
        self.assertEqual(result.stderr.decode().splitlines(), [
            "sandgraft run: warning: the root is used as it is: cannot enter another mount namespace: Operation not permitted"])
        self.eventually(lambda: not self.views())


class Proxy:
    """Stands between a client and libvirt, whose connection to it can be cut."""

    def __init__(self, path, peer):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.peer = peer
        self.said = b""  # by the client
        self.hangs = threading.Event()
        self.sockets = [self.listener]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        near = self.listener.accept()[0]
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.peer)
        self.sockets += [near, far]
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self.copy, args=(source, sink, source is near), daemon=True).start()

    def copy(self, source, sink, is_client):
        try:
            while True:
                data, descriptors, _, _ = socket.recv_fds(source, 65536, 8)
                if not data:
                    break
                if is_client:
                    self.said += data
                if self.hangs.is_set():
                    continue
                sink.sendall(data[:-1])
                if descriptors:  # they came with the last byte, and libvirt looks for them only there
                    socket.send_fds(sink, [data[-1:]], descriptors)
                else:
                    sink.sendall(data[-1:])
                for descriptor in descriptors:
                    os.close(descriptor)
        except OSError:
            pass

    def cut(self):
        for end in self.sockets[1:]:
            end.shutdown(socket.SHUT_RDWR)

    def close(self):
        for end in self.sockets:
            end.close()


CLOSE = struct.pack(">4I", 28, 0x20008086, 1, 2)  # what libvirt's protocol calls REMOTE_PROC_CONNECT_CLOSE


class BesideLibvirt(Conformance):
    """What becomes of a client and its connection, which a proxy between it and libvirt sees."""

    def started(self, script):
        path = os.path.join(self.scratch(), "socket")
        proxy = Proxy(path, "/run/libvirt/libvirt-sock")
        self.addCleanup(proxy.close)
        uri = self.backend.uri.replace(":", "+unix:", 1) + "?socket=" + path
        process = self.start("sh", "-c", "echo ready; " + script, options=["--connect", uri])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        return process, proxy

    def test_the_connection_is_closed_and_not_just_left(self):
        process, proxy = self.started("read line; exit 7")
        self.assertNotIn(CLOSE, proxy.said)
        process.stdin.write(b"line\n")
        process.stdin.flush()
        self.assertEqual(self.wait(process)[0], 7)
        self.eventually(lambda: CLOSE in proxy.said)

    def test_a_daemon_that_hangs_does_not_hold_the_status_back(self):
        if self.channel == "console":
            self.skipTest("the status comes through the daemon")
        process, proxy = self.started("read line; exit 7")
        proxy.hangs.set()
        process.stdin.write(b"line\n")
        process.stdin.flush()
        self.assertEqual(self.wait(process, 5)[0], 7)
        self.assertIn(CLOSE, proxy.said)

    def test_a_lost_connection_ends_the_client(self):
        if self.channel != "console":
            self.skipTest("over a socket the sandbox needs no libvirt")
        process, proxy = self.started("exec sleep 1000")
        proxy.cut()
        # The daemon may be just restarted, and would know nothing of a sandbox to end: it is asked to, for ten seconds.
        self.assertEqual(self.wait(process, 15)[0], 125)
        self.assertIn(b"the connection to it, ended", process.stderr.read())
        self.eventually(lambda: self.domains() == [])
