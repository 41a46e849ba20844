#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cases that every backend has to pass, run with the real program against a real libvirt.

    conformance.py --program PATH [--backend lxc|qemu] [--channel socket|console] [--as run|exec|start] [--sanitized] AREA... [-k PATTERN]...

An area is one of the modules beside this file. Runs inside the libvirtd fixture: libvirtd-env -- conformance.py ...; or on
a machine of its own with libvirtd as a service, where there is one area more, restart (see tests/real-host).
"""

import argparse
import dataclasses
import importlib
import os
import sys
import unittest

from harness import BACKENDS, Conformance

AREAS = (
    "statuses",
    "fidelity",
    "isolation",
    "endings",
    "terminals",
    "traces",
    "bad_input",
    "cli",
    "fallback",
    "foreign_mounts",
    "cgroups",
    "memory",
    "grafts",
    "mount_flags",
    "limits",
    "lifecycle",
    "on_boot",
    "kept",
    "ports",
    "services",
    "libvirts_tools",
    "restart",
)


def chosen_backend(options):
    backend = BACKENDS[options.backend]
    few = {name: max(2, getattr(backend, name) // options.patience) for name in ("row", "crowd")}
    return dataclasses.replace(backend, uri=options.uri or backend.uri, patience=backend.patience * options.patience, **few)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--backend", choices=BACKENDS, default="lxc")
    parser.add_argument("--channel", choices=("socket", "console"), default="socket")
    parser.add_argument("--as", dest="way", choices=("run", "exec", "start"), default="run",
                        help="how commands are run: by run, by exec in a kept sandbox, or by create and start --attach")
    parser.add_argument("--sanitized", action="store_true", help="the program is: what it uses says nothing")
    parser.add_argument("--uri", help="the connection (default: the backend's on this machine)")
    parser.add_argument("--patience", type=int, default=1, metavar="FACTOR",
                        help="the machine is slower: so much more time, and so many times fewer runs in a row")
    parser.add_argument("--no-view", action="store_true", help="the client cannot make a view of the root, and warns")
    parser.add_argument("-k", dest="patterns", action="append", help="only tests whose name contains this")
    parser.add_argument("areas", nargs="+", choices=AREAS)
    options = parser.parse_args()

    Conformance.program = options.program
    Conformance.backend = chosen_backend(options)
    Conformance.view = not options.no_view
    Conformance.channel = options.channel
    Conformance.way = options.way
    Conformance.sanitized = options.sanitized
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{pattern}*" for pattern in options.patterns] if options.patterns else None
    suite = unittest.TestSuite(loader.loadTestsFromModule(importlib.import_module(area)) for area in options.areas)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
