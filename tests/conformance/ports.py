# SPDX-License-Identifier: LGPL-2.1-or-later
"""Published ports: clients of the host and services inside, with and without a keeper between them."""

import json
import os
import re
import socket
import subprocess

from harness import Conformance, unique_name

# Answers each connection with what it is sent, in capitals, when that has ended.
SHOUT = """
import socket, sys, threading
def serve(client):
    said = b"".join(iter(lambda: client.recv(65536), b""))
    client.sendall(said.upper())
    client.close()
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server = socket.create_server((sys.argv[1], int(sys.argv[2])), family=family, backlog=1000)
print("listening", flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
"""


class Ports(Conformance):
    def service(self, address, port):
        return "/usr/bin/python3", "-c", SHOUT, address, str(port)

    def start_service(self, *options, address="127.0.0.1", port=8000):
        """Runs it with a free port of the host's published.
        @return that port."""
        client = self.start(*self.service(address, port), options=options or ["--publish", f"0:{port}"])
        self.assertEqual(client.stdout.readline(), b"listening\n")
        return self.told_port(client)

    def told_port(self, client):
        while True:
            line = self.beside_warning(client.stderr.readline()).decode()
            found = re.fullmatch(r"sandgraft run: publishes (\S+):(\d+):\d+\n", line)
            if found:
                return int(found[2])
            self.assertEqual(line, "")

    def ask(self, *words):
        result = subprocess.run([self.program, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                text=True, timeout=60 * self.backend.patience)
        return result.returncode, result.stdout, result.stderr

    def shout(self, port, text=b"hello", address="127.0.0.1"):
        with socket.create_connection((address, port), timeout=60) as client:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def is_open(self, port, address="127.0.0.1"):
        try:
            socket.create_connection((address, port), timeout=60).close()
            return True
        except ConnectionRefusedError:
            return False

    def test_a_run_publishes(self):
        port = self.start_service()
        self.assertEqual(self.shout(port), b"HELLO")
        big = os.urandom(1 << 20).hex().encode()
        self.assertEqual(self.shout(port, big), big.upper())

    def test_ipv6_on_both_sides(self):
        port = self.start_service("--publish", "[::1]:0:8000", address="::1")
        self.assertEqual(self.shout(port, address="::1"), b"HELLO")

    def test_nobody_listens_inside(self):
        port = self.start_service("--publish", "0:9999")
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client, self.assertRaises(ConnectionResetError):
            client.recv(1)

    def test_many_at_once(self):
        port = self.start_service()
        clients = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(200)]
        for number, client in enumerate(clients):
            client.sendall(b"client %d" % number)
        for client in clients:
            client.shutdown(socket.SHUT_WR)
        for number, client in enumerate(clients):
            with client:
                self.assertEqual(b"".join(iter(lambda: client.recv(100), b"")), b"CLIENT %d" % number)

    def test_the_end_closes_the_port(self):
        client = self.start("sh", "-c", "read line", options=["--publish", "0:8000"])
        port = self.told_port(client)
        self.assertTrue(self.is_open(port))
        client.stdin.close()
        self.assertEqual(self.wait(client)[0], 1)
        self.assertFalse(self.is_open(port))

    def test_ports_that_cannot_be_had(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            result = self.run_sandbox("true", options=["--publish", f"{port}:80"])
            self.assert_refused(result, f"cannot listen at 127.0.0.1:{port}: Address already in use")
        result = self.run_sandbox("true", options=["--publish", "192.0.2.1:80:80"])
        self.assert_refused(result, "cannot listen at 192.0.2.1:80: ")
        result = self.run_sandbox("true", options=["--publish", "80:80:80"])
        self.assert_refused(result, "published port '80:80:80': '80' is not an address")

    def test_a_low_port(self):
        """Whoever may bind it publishes it; the service inside needs no right to its own."""
        low = next(port for port in range(600, 1023) if not self.is_open(port))
        port = self.start_service("--publish", f"{low}:80", "--publish", "0:80", port=80)
        self.assertEqual(self.shout(low), b"HELLO")
        self.assertEqual(self.shout(port), b"HELLO")

    def test_a_kept_sandbox(self):
        name = unique_name()
        create = ("create", name, "--publish", "0:8000", "--", *self.service("127.0.0.1", 8000))
        self.assertEqual(self.ask(*create), (0, "", ""))
        self.addCleanup(self.ask, "rm", "--force", name)
        self.assertIn("--publish=127.0.0.1:0:8000", self.ask("show", name)[1])
        status, _, told = self.ask("start", "-p", "[::1]:0:8000", name)
        self.assertEqual(status, 0, told)
        ports = [line.removeprefix("sandgraft start: publishes ") for line in told.splitlines()]
        self.eventually(lambda: self.ask("logs", name)[1] == "listening\n")
        for port in ports:
            address, _, rest = port.rpartition(":")[0].rpartition(":")
            self.assertEqual(self.shout(int(rest), address=address.strip("[]")), b"HELLO")
        listed = [sandbox["ports"] for sandbox in json.loads(self.ask("list", "--json")[1]) if sandbox["name"] == name]
        self.assertEqual(listed, [ports])
        shown = json.loads(self.ask("show", "--json", name)[1])
        self.assertEqual((shown["publish"], shown["ports"]), (["127.0.0.1:0:8000"], ports))
        first = int(ports[0].split(":")[1])
        self.assertEqual(self.ask("start", "-p", f"{first}:80", name)[0], 125)  # it runs
        self.assertEqual(self.ask("stop", name), (0, "", ""))
        self.assertFalse(self.is_open(first))
        self.assertEqual(json.loads(self.ask("show", "--json", name)[1])["ports"], [])
