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
        found = {(finding["unit"], finding["kind"]) for finding in json.loads(result.stdout)}
        self.assertEqual(found, {("a.service", "missing-executable"), ("c.service", "condition")})
        self.assertEqual(self.run_units("verify", "--machine", "c.service").returncode, 0)
        self.assertEqual(self.run_units("verify", "b.service").returncode, 0)

    def test_graph_is_accepted_by_dot(self):
        drawing = self.output("graph", "a.service")
        self.assertIn('"a.service" -> "b.service"', drawing)
        try:
            result = subprocess.run(["dot", "-Tsvg"], input=drawing, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            self.skipTest("graphviz is not installed")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_tree_and_diff(self):
        one, two = self.root / "one", self.root / "two"
        self.output("tree", "--profile", "bare", "--output", str(one), "b.service")
        self.output("tree", "--profile", "bare", "--output", str(two), "c.service")
        self.assertTrue((one / "default.target").exists())
        self.assertEqual(self.run_units("diff", str(one), str(one)).returncode, 0)
        result = self.run_units("diff", str(one), str(two))
        self.assertEqual(result.returncode, 1)
        self.assertIn("removed b.service\n", result.stdout)
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
