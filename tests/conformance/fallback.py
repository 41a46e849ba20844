# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client that may not mount gets what libvirt alone can do, and is told the difference; one that loses libvirt ends."""

import os
import socket
import subprocess
import threading

from harness import Conformance

WITHOUT_MOUNTING = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]


class WithoutTheRightToMount(Conformance):
    def setUp(self):
        # libvirt creates a directory in the root that it is given: it gets one that vanishes with this environment.
        place = "/run/sandgraft-fallback"
        self.root = f"{place}/root"
        if os.path.isdir(self.root):
            return
        os.makedirs(f"{place}/skeleton/.oldroot")
        os.mkdir(self.root)
        subprocess.run(["mount", "-t", "overlay", "-o", f"ro,lowerdir={place}/skeleton:/", "none", self.root], check=True)

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


class Proxy:
    """Stands between a client and libvirt, whose connection to it can be cut."""

    def __init__(self, path, peer):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.peer = peer
        self.sockets = [self.listener]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        near = self.listener.accept()[0]
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.peer)
        self.sockets += [near, far]
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self.copy, args=(source, sink), daemon=True).start()

    @staticmethod
    def copy(source, sink):
        try:
            while True:
                data, descriptors, _, _ = socket.recv_fds(source, 65536, 8)
                if not data:
                    break
                socket.send_fds(sink, [data], descriptors)
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


class WithoutLibvirt(Conformance):
    def test_a_lost_connection_ends_the_client(self):
        if self.channel != "console":
            self.skipTest("over a socket the sandbox needs no libvirt")
        path = os.path.join(self.scratch(), "socket")
        proxy = Proxy(path, "/run/libvirt/libvirt-sock")
        self.addCleanup(proxy.close)
        uri = self.backend.uri.replace(":", "+unix:", 1) + "?socket=" + path
        process = self.start("sh", "-c", "echo ready; exec sleep 1000", options=["--connect", uri])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        proxy.cut()
        self.assertEqual(self.wait(process, 5)[0], 125)
        self.assertIn(b"the connection to it, ended", process.stderr.read())
        self.eventually(lambda: self.domains() == [])
