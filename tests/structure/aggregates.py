#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every aggregate of the public headers can be made from any of its fields, named, without a warning: each
field is named alone, which is what a caller's program does that knows no field added later.

usage: aggregates.py INCLUDE_DIRECTORY
"""

import shutil
import subprocess
import sys

from public_api import declarations, including_all

FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wmissing-field-initializers", "-Werror", "-fsyntax-only", "-xc++", "-"]


def initializers(include):
    """Pairs of an aggregate and what stands in its braces."""
    aggregates = set()
    for node in declarations(include):
        if node["kind"] == "CXXRecordDecl" and node.get("definitionData", {}).get("isAggregate"):
            name = f"{node['scope']}::{node['name']}"
            aggregates.add(name)
            yield name, ""
        elif node["kind"] == "FieldDecl" and node["scope"] in aggregates:
            yield node["scope"], f".{node['name']} = {{}}"


def program(include):
    values = (f"{name} value_{number}{{{field}}};\n" for number, (name, field) in enumerate(initializers(include)))
    return including_all(include) + "".join(values)


def main(include):
    text = program(include)
    compilers = [compiler for compiler in ("g++", "clang++") if shutil.which(compiler)]
    runs = [subprocess.run([compiler, f"-I{include}", *FLAGS], input=text, text=True) for compiler in compilers]
    return 1 if any(run.returncode for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
