#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every #include follows the house plan of docs/architecture.md.

usage: layering.py SOURCE_ROOT
"""

import pathlib
import re
import sys

# A room and the rooms of lib/ that it may include besides itself. Every room may include <sandgraft/...>.
EDGES = {
    "base": set(),
    "model": {"base"},
    "units": {"base"},
    "wire": {"base"},
    "domain": {"model", "wire", "base"},
    "root": {"base"},
    "virt": {"base"},
    "console": {"wire", "base"},
    "session": {"model", "units", "wire", "domain", "root", "virt", "console", "base"},
    "guest": {"wire", "base"},
}

# A header prefix and the only places that may include it.
CONFINED = {
    "libvirt/": {"lib/virt"},
    "pugixml": {"lib/domain"},
    "boost/program_options": {"examples/cli"},
    "glib": {"bindings/gobject"},
    "gio/": {"bindings/gobject"},
    "gobject/": {"bindings/gobject"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1), match.group(2)


def confinement(place, target):
    for prefix, allowed in CONFINED.items():
        if target.startswith(prefix) and not any(place.startswith(a) for a in allowed):
            yield f"{target} belongs in {', '.join(sorted(allowed))} only"


def room_edge(place, target):
    room = place.split("/")[1]
    if room not in EDGES:
        yield f"room lib/{room} is not in the plan"
    elif (other := target.split("/")[0]) != room and other not in EDGES[room]:
        yield f"lib/{room} may not include {target}"


def violations(root):
    for top in ("include", "lib", "bindings", "examples"):
        for path in sorted((root / top).rglob("*.[hc]*")):
            if path.suffix not in (".h", ".hpp", ".c", ".cpp"):
                continue
            place = path.relative_to(root).as_posix()
            for number, kind, target in includes(path):
                problems = list(confinement(place, target))
                if top == "lib" and kind == '"':
                    problems += room_edge(place, target)
                if top == "include" and (kind == '"' or "/" in target and not target.startswith("sandgraft/")):
                    problems.append(f"a public header may not include {target}")
                if top == "examples" and kind == '"' and "/" in target:
                    problems.append(f"an example sees include/ and bindings/ only, not {target}")
                for problem in problems:
                    yield f"{place}:{number}: {problem}"


def unlisted_headers(root):
    listed = (root / "include" / "meson.build").read_text(encoding="utf-8")
    for path in sorted((root / "include").rglob("*.hpp")):
        if f"'{path.name}'" not in listed:
            yield f"include/meson.build: {path.name} is not listed, so neither installed nor compiled alone"


def main():
    root = pathlib.Path(sys.argv[1])
    found = [*violations(root), *unlisted_headers(root)]
    for line in found:
        print(line)
    checked = sum(1 for _ in (root / "lib").rglob("*.?pp"))
    print(f"{checked} files of lib/ checked, {len(found)} edges point the wrong way")
    return 1 if found or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
