#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The words of `sandgraft units`: what they print, and how they exit.

usage: cli_test.py SANDGRAFT
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SANDGRAFT = sys.argv.pop()

UNITS = {
    "a.service": "[Unit]\nDefaultDependencies=no\nRequires=b.service\nAfter=b.service\nWants=c.service\n"
                 "[Service]\nExecStart=/nonexistent/daemon\n",
    "b.service": "[Unit]\nDefaultDependencies=no\nWants=d.service\n[Service]\nExecStart=/bin/sh\n",
    "c.service": "[Unit]\nDefaultDependencies=no\nConditionVirtualization=vm\n[Service]\nExecStart=/bin/sh\n",
    "d.service": "[Unit]\nDefaultDependencies=no\nConflicts=e.service\n[Service]\nExecStart=/bin/sh\n",
    "e.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh\n",
    "broken.service": "[Unit]\nRequires=nowhere.service\n[Service]\nExecStart=/bin/sh\n",
    "masked.service": "",
    "b.service.d/more.conf": "[Unit]\nDescription=B\n",
}


class Units(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.root = pathlib.Path(self.place.name)
        for name, text in UNITS.items():
            path = self.root / "units" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.root / "units" / "alias.service").symlink_to("d.service")
        shell = self.root / "bin" / "sh"
        shell.parent.mkdir()
        shell.write_text("#!\n")
        shell.chmod(0o755)

    def run_units(self, *words):
        return subprocess.run([SANDGRAFT, "units", words[0], "--root", str(self.root), "--unit-path", "/units",
                               *words[1:]], capture_output=True, text=True, check=False)

    def output(self, *words):
        result = self.run_units(*words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_closure_is_in_start_order(self):
        lines = self.output("closure", "a").split()
        self.assertEqual({"a.service", "b.service", "c.service", "d.service"}, set(lines) - {"system.slice"})
        self.assertLess(lines.index("b.service"), lines.index("a.service"))

    def test_closure_as_json(self):
        jobs = {job["name"]: job for job in json.loads(self.output("closure", "--json", "a.service"))}
        self.assertEqual(jobs["b.service"]["dropIns"], ["/units/b.service.d/more.conf"])
        self.assertEqual(jobs["d.service"]["aliases"], ["alias.service"])
        self.assertEqual(jobs["a.service"]["fragment"], "/units/a.service")
        self.assertEqual({job["job"] for job in jobs.values()}, {"start"})
        self.assertEqual([job["cycle"] for job in jobs.values() if job["cycle"]], [])
        self.assertIn({"unit": "b.service", "origin": ["file"]}, jobs["a.service"]["dependencies"]["Requires"])
        self.assertIn({"unit": "a.service", "origin": ["file"]}, jobs["b.service"]["dependencies"]["RequiredBy"])

    def test_a_refused_transaction_prints_nothing(self):
        for unit, reason in (("broken", "nowhere.service not found"), ("masked", "masked.service is masked"),
                             ("nowhere", "nowhere.service not found")):
            result = self.run_units("closure", unit)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn(reason, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_why(self):
        lines = self.output("why", "alias.service", "--for", "a.service").splitlines()
        self.assertEqual(lines[:3], ["a.service", "  Requires (file) b.service", "    Wants (file) d.service"])
        answer = json.loads(self.output("why", "b", "--for", "a", "--json"))
        self.assertEqual(answer["bringsIn"], ["d.service"])
        self.assertIn("b.service not found", answer["without"]["refusal"])
        answer = json.loads(self.output("why", "d", "--for", "a", "--json"))
        self.assertEqual(answer["without"], {"refusal": None, "dropped": ["d.service"]})
        result = self.run_units("why", "e.service", "--for", "a.service")
        self.assertEqual((result.returncode, result.stdout), (1, ""))

    def write_units(self, units):
        for name, text in units.items():
            (self.root / "units" / name).write_text("[Unit]\nDefaultDependencies=no\n" + text)

    def test_a_cycle_that_systemd_leaves(self):
        service = "[Service]\nExecStart=/bin/sh\n"
        self.write_units({"goal.target": "Wants=x.service y.service e.service\n",
                          "x.service": "After=y.service\nConflicts=e.service\n" + service,
                          "y.service": "After=x.service\n" + service})
        result = self.run_units("closure", "--json", "goal.target")
        jobs = {job["name"]: job["cycle"] for job in json.loads(result.stdout)}
        self.assertEqual((jobs["x.service"], jobs["goal.target"]), (["x.service", "y.service"], []))
        self.assertIn("the jobs of x.service, y.service wait for each other", result.stderr)
        result = self.run_units("verify", "goal.target")
        self.assertEqual(result.returncode, 1)
        self.assertIn("x.service: error: cycle: the jobs of x.service, y.service", result.stdout)

    def test_a_refusal_says_who_requires(self):
        self.assertIn("nowhere.service not found, required by broken.service (Requires)",
                      self.run_units("closure", "broken").stderr)

    def test_unit_path_with_systemds_own_behind(self):
        own = self.root / "usr" / "lib" / "systemd" / "system" / "own.service"
        own.parent.mkdir(parents=True)
        own.write_text("[Service]\nExecStart=/bin/sh\n")
        for path, found in (("/units", False), ("/units:", True), ("", True)):
            result = subprocess.run([SANDGRAFT, "units", "cat", "--root", str(self.root), "--unit-path", path, "own"],
                                    capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode == 0, found, path)

    def test_templates(self):
        self.write_units({"t@.service": "[Service]\nExecStart=/bin/sh %i\n"})
        self.assertIn("t@.service", {unit["name"] for unit in json.loads(self.output("list", "--json"))})
        self.assertTrue(self.output("cat", "t@.service").startswith("# /units/t@.service\n"))
        self.assertIn("is a template, of which only instances can be started: t@INSTANCE.service",
                      self.run_units("closure", "t@.service").stderr)

    def test_list_tells_of_links_that_are_no_aliases(self):
        (self.root / "units" / "odd.mount").symlink_to("a.service")
        self.assertIn("/units/odd.mount: link to 'a.service' ignored", self.run_units("list").stderr)

    def test_list(self):
        states = {unit["name"]: unit["state"] for unit in json.loads(self.output("list", "--json"))}
        self.assertEqual(states["a.service"], "loaded")
        self.assertEqual(states["masked.service"], "masked")
        self.assertNotIn("alias.service", states)

    def test_cat(self):
        text = self.output("cat", "b.service")
        self.assertLess(text.index("/units/b.service\n"), text.index("/units/b.service.d/more.conf"))

    def test_verify(self):
        result = self.run_units("verify", "--json", "a.service")
        self.assertEqual(result.returncode, 1)
        found = {(finding["unit"], finding["severity"], finding["kind"]) for finding in json.loads(result.stdout)}
        self.assertEqual(found, {("a.service", "error", "missing-executable"), ("c.service", "note", "condition")})
        noted = self.run_units("verify", "c.service")
        self.assertEqual(noted.returncode, 0)
        self.assertTrue(noted.stdout.startswith("c.service: note: condition: "))
        self.assertEqual(self.run_units("verify", "--machine", "c.service").returncode, 0)
        self.assertEqual(self.run_units("verify", "b.service").returncode, 0)

    def drawn(self, *words):
        """The drawing, which Graphviz accepts."""
        drawing = self.output("graph", *words)
        self.accepted(drawing, words)
        return drawing

    def accepted(self, drawing, what):
        try:
            result = subprocess.run(["dot", "-Tsvg"], input=drawing, capture_output=True, text=True, check=False,
                                    timeout=60)
        except FileNotFoundError:
            self.skipTest("graphviz is not installed")
        self.assertEqual((result.returncode, result.stderr), (0, ""), what)

    def test_graph_is_accepted_by_dot(self):
        self.assertIn('"a.service" -> "b.service" [style=solid, color="#1f4e9c", '
                      'tooltip="Requires (file), After (file)", dir=both, arrowtail=odot]', self.drawn("a.service"))

    def test_graph_that_made_graphviz_abort(self):
        """Orderings without influence on the ranks, units in clusters: merge_chain of Graphviz 2.43."""
        service, socket = "[Service]\nExecStart=/bin/sh\n", "[Socket]\nListenStream=/run/x\n"
        units = {"first.service": "Before=users.service\n" + service, "users.service": service,
                 "m.service": service + "Slice=own.slice\n",
                 "login.service": "Requires=dbus.socket\nWants=dbus.socket user.slice m.service\n" + service,
                 "web.service": "Requires=sysinit.target\n" + service, "g1.service": service, "g2.service": service,
                 "dbus.socket": socket, "l1.socket": "Requires=sysinit.target\n" + socket,
                 "l2.socket": "Requires=sysinit.target\n" + socket, "sysinit.target": "",
                 "getty.target": "Wants=g1.service g2.service\n", "own.slice": "", "user.slice": ""}
        self.write_units(units)
        self.drawn("--all", *units)

    def test_every_target_of_the_machine_is_accepted_by_dot(self):
        names = [unit["name"] for unit in json.loads(subprocess.run([SANDGRAFT, "units", "list", "--json"],
                                                                    capture_output=True, check=True).stdout)]
        for target in [name for name in names if name.endswith(".target")]:
            for options in ((), ("--all",), ("--all", "--machine")):
                result = subprocess.run([SANDGRAFT, "units", "graph", *options, target], capture_output=True, text=True,
                                        check=False)
                if result.returncode == 0:
                    self.accepted(result.stdout, (target, *options))

    def test_tree_and_diff(self):
        one, two = self.root / "one", self.root / "two"
        self.output("tree", "--profile", "bare", "--output", str(one), "b.service")
        self.output("tree", "--profile", "bare", "--output", str(two), "c.service")
        self.assertTrue((one / "default.target").exists())
        self.assertEqual(self.run_units("diff", str(one), str(one)).returncode, 0)
        result = self.run_units("diff", str(one), str(two))
        self.assertEqual(result.returncode, 1)
        self.assertIn("removed b.service\n", result.stdout)
        missing = self.run_units("diff", str(one), str(self.root / "three"))
        self.assertEqual((missing.returncode, missing.stdout), (1, ""))
        self.assertTrue(missing.stderr.endswith(f"cannot read '{self.root}/three': No such file or directory\n"))
        again = self.run_units("tree", "--profile", "bare", "--output", str(one), "b.service")
        self.assertEqual(again.returncode, 1)

    def test_wrong_words(self):
        for words in (("closure",), ("why", "a"), ("tree", "a"), ("nonsense",), ("list", "--bogus"),
                      ("tree", "--profile", "x", "--output", "/x", "a")):
            result = self.run_units(*words)
            self.assertEqual((result.returncode, result.stdout), (1, ""), words)
            self.assertEqual(result.stderr.count("\n"), 1, words)


if __name__ == "__main__":
    unittest.main()
