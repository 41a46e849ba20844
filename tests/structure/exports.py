#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that a shared library exports what the public headers declare, and nothing else, all of it under the version
of its soname.

usage: exports.py INCLUDE_DIRECTORY LIBRARY
"""

import re
import subprocess
import sys

from public_api import declarations, has


def output(*command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def demangled(names):
    return set(output("c++filt", text="\n".join(names)).splitlines())


def exported(library):
    """The mangled names and the set of their versions."""
    symbols = [line.split()[-1].split("@@") for line in output("nm", "-D", "--defined-only", library).splitlines()]
    versions = {symbol[1] for symbol in symbols if len(symbol) == 2}
    return {symbol[0] for symbol in symbols} - versions, versions


def soversion(library):
    return re.search(r"SONAME\s+\S+\.so\.(\S+)", output("objdump", "-p", library)).group(1)


def defined_elsewhere(node):
    """A function of the library, neither inline nor made by the compiler."""
    made = node.get("isImplicit") or node.get("explicitlyDefaulted") or node.get("explicitlyDeleted")
    return not (made or node.get("inline") or has(node, "CompoundStmt"))


def declared(include):
    """What may be exported, and what must be."""
    may, must, classes = set(), set(), set()
    for node in declarations(include):
        if not has(node, "VisibilityAttr") and not has(node["parent"], "VisibilityAttr"):
            continue
        if "mangledName" in node:
            (must if defined_elsewhere(node) else may).add(node["mangledName"])
        elif node.get("completeDefinition"):
            classes.add(f"{node['scope']}::{node['name']}")
    of_classes = {f"{what} for {name}" for name in classes for what in ("vtable", "typeinfo", "typeinfo name")}
    return demangled(may | must) | of_classes, demangled(must)


def problems(include, library):
    may, must = declared(include)
    names, versions = exported(library)
    names = demangled(names)
    yield from (f"exported, but no header declares it: {name}" for name in sorted(names - may))
    yield from (f"declared, but not exported: {name}" for name in sorted(must - names))
    if versions != {f"SANDGRAFT_{soversion(library)}"}:
        yield f"the soname has version {soversion(library)}, the symbols have {', '.join(sorted(versions)) or 'none'}"


def main(include, library):
    found = list(problems(include, library))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
