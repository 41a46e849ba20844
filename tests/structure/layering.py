#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every #include follows the house plan, which is the tables of docs/architecture.md: a row is a room, what
it owns, and the rooms that it may include besides itself ("all above": those of the rows above it in its table). A room
"a/b" is an inner room of a: it sees inner rooms of a by its own row, and other rooms as a does; the files that lie in a
itself see all its inner rooms, and of those only one whose row names a sees them. Below all that, no files of one name (NAME.hpp and NAME.cpp)
include each other, directly or around a circle.

usage: layering.py SOURCE_ROOT
"""

import pathlib
import re
import sys

# A header prefix and the only places that may include it.
CONFINED = {
    "libvirt/": {"lib/virt"},
    "pugixml": {"lib/domain"},
    "seccomp.h": {"lib/guest"},
    "boost/program_options": {"examples/cli"},
    "glib": {"bindings/gobject"},
    "gio/": {"bindings/gobject"},
    "gobject/": {"bindings/gobject"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
ROW = re.compile(r"^\| `([a-z_/]+)` \|.*\| ([^|]*) \|$")
SUFFIXES = (".h", ".hpp", ".c", ".cpp")


def read_plan(text):
    """The rooms of the tables, each with the rooms that it may include."""
    plan = {}
    above = set()
    for line in text.splitlines():
        if not line.startswith("|"):
            above = set()
        elif match := ROW.match(line):
            room, seen = match.groups()
            if seen == "all above":
                plan[room] = set(above)
            else:
                plan[room] = set() if seen == "–" else set(seen.split(", "))
            above.add(room)
    return plan


def drawn(text):
    """The words in the drawings."""
    return set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^```$(.*?)^```$", text, re.MULTILINE | re.DOTALL))))


def plan_faults(root, plan, text):
    for room in plan:
        if not (root / "lib" / room).is_dir():
            yield f"docs/architecture.md: there is no room lib/{room}"
        if room.split("/")[-1] not in drawn(text):
            yield f"docs/architecture.md: {room} is not in a drawing"
    for room, seen in plan.items():
        for other in seen - plan.keys():
            yield f"docs/architecture.md: {room} is said to include {other}, which has no row"


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1), match.group(2)


def confinement(place, target):
    for prefix, allowed in CONFINED.items():
        if target.startswith(prefix) and not any(place.startswith(a) for a in allowed):
            yield f"{target} belongs in {', '.join(sorted(allowed))} only"


def inner_room(path):
    """"a/b" of "a/b/file.hpp"; empty for a file that lies in its room itself."""
    return path.rpartition("/")[0] if path.count("/") > 1 else ""


def room_edge(plan, place, target):
    source = place.removeprefix("lib/")
    room, other = source.split("/")[0], target.split("/")[0]
    inner, other_inner = inner_room(source), inner_room(target)
    if room not in plan:
        yield f"room lib/{room} is not in the plan"
    elif inner and inner not in plan:
        yield f"room lib/{inner} is not in the plan"
    elif room != other:
        if other not in plan[room]:
            yield f"lib/{room} may not include {target}"
    elif inner and inner != other_inner and (other_inner or other) not in plan[inner]:
        yield f"lib/{inner} may not include {target}"


def sources(root):
    for top in ("include", "lib", "bindings", "examples"):
        for path in sorted((root / top).rglob("*.[hc]*")):
            if path.suffix in SUFFIXES:
                yield top, path, path.relative_to(root).as_posix()


def violations(root, plan):
    for top, path, place in sources(root):
        for number, kind, target in includes(path):
            problems = list(confinement(place, target))
            if top == "lib" and kind == '"':
                problems += room_edge(plan, place, target)
            if top == "include" and (kind == '"' or "/" in target and not target.startswith("sandgraft/")):
                problems.append(f"a public header may not include {target}")
            if top == "bindings" and kind == '"' and "/" in target and not target.startswith("sandgraft-c/"):
                problems.append(f"bindings/c sees include/ only, not {target}")
            if top == "examples" and kind == '"' and "/" in target:
                problems.append(f"an example sees include/ and bindings/ only, not {target}")
            for problem in problems:
                yield f"{place}:{number}: {problem}"


def file_graph(root):
    """Which files include which, header and source of one name taken together."""
    graph = {}
    for top, path, place in sources(root):
        if top == "lib":
            seen = graph.setdefault(place.removeprefix("lib/").rpartition(".")[0], set())
            seen |= {target.rpartition(".")[0] for _, kind, target in includes(path) if kind == '"'}
    return graph


def circles(graph):
    """One line for each circle that a walk through the files meets."""
    done = set()
    for start in graph:
        path = [(start, iter(sorted(graph[start])))] if start not in done else []
        while path:
            following = next((name for name in path[-1][1] if name in graph and name not in done), None)
            names = [name for name, _ in path]
            if following is None:
                done.add(path.pop()[0])
            elif following == names[-1]:
                continue
            elif following in names:
                yield "lib/ has a circle: " + " -> ".join([*names[names.index(following):], following])
            else:
                path.append((following, iter(sorted(graph[following]))))


def unlisted_headers(root):
    listed = (root / "include" / "meson.build").read_text(encoding="utf-8")
    for path in sorted((root / "include").rglob("*.hpp")):
        if f"'{path.name}'" not in listed:
            yield f"include/meson.build: {path.name} is not listed, so neither installed nor compiled alone"


def check(root):
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    plan = read_plan(text)
    return [*plan_faults(root, plan, text), *violations(root, plan), *circles(file_graph(root)),
            *unlisted_headers(root)]


def main():
    root = pathlib.Path(sys.argv[1])
    found = check(root)
    for line in found:
        print(line)
    checked = sum(1 for _ in (root / "lib").rglob("*.?pp"))
    print(f"{checked} files of lib/ checked, {len(found)} faults")
    return 1 if found or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
