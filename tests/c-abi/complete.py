#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that all of the C++ API can be reached from C. What the public headers declare has a name in C by rule, or one
that names.txt gives to it, or a reason there to have none; and the C headers, the version script and what the library
exports are the same list.

    field of a value    TYPE_get_FIELD, and TYPE_set_FIELD where there is a TYPE_new; of a std::function the latter alone
    member function     TYPE_NAME or TYPE_get_NAME
    other function      sandgraft_NAME; every overload stands in names.txt
    enumerator          SANDGRAFT_ENUMERATION_NAME, with the same number
    operator==          TYPE_equal, where there is a TYPE_new

usage: complete.py SOURCE_ROOT LIBRARY|-
"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "structure"))
from public_api import declarations, including_all  # noqa: E402

HOW = ("What is missing: declare it in bindings/c/sandgraft-c/, define it in bindings/c/ (object.hpp has a function for each kind of field), "
       "name it in bindings/c/libsandgraft-c.map and record the ABI (docs/c-abi.md), or tell in tests/c-abi/names.txt what "
       "stands for it")


def words(name):
    """Of the C++ name sandgraft::UnitTree::Entry: unit_tree_entry."""
    parts = name.removeprefix("sandgraft::").split("::")
    return "_".join(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", part).lower() for part in parts)


def c_names(headers):
    text = "".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in headers)
    functions = set(re.findall(r"\b(sandgraft_\w+)\(", text))
    constants = set(re.findall(r"\b(SANDGRAFT_\w+) = ", text)) | set(re.findall(r"#define (SANDGRAFT_\w+)", text))
    return functions, constants


def given_names(path):
    """The table: a C++ name, then its C names or a dash and the reason."""
    rows = (line.split(": ", 1) for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return {name.strip(): what.strip() for name, what in rows}


def parameters(node):
    return node["type"]["qualType"].split("(", 1)[1].rsplit(")", 1)[0]


def is_public(node):
    return not (node["name"].endswith("_") or node.get("isImplicit") or node["name"].startswith("~")
                or node["kind"] in ("CXXConstructorDecl", "CXXDestructorDecl", "CXXRecordDecl", "FriendDecl")
                or node["name"] == "operator=")


def enumerators(node):
    return [inner["name"] for inner in node.get("inner", []) if inner["kind"] == "EnumConstantDecl"]


def wanted(node, name, functions):
    """Sets of C names, of each of which one must be there."""
    kind, prefix = node["kind"], "sandgraft_" + words(node["scope"])
    if kind == "EnumDecl":
        start = "SANDGRAFT_" + ("ERROR" if name == "sandgraft::ErrorCode" else words(name).upper())
        return [{f"{start}_{value.upper()}"} for value in enumerators(node)]
    if node["name"] == "operator==":
        return [{f"{prefix}_equal"}] if f"{prefix}_new" in functions else []
    if kind == "FieldDecl":
        sets = [{f"{prefix}_set_{node['name']}"}] if f"{prefix}_new" in functions else []
        return sets if "function<" in node["type"]["qualType"] else [{f"{prefix}_get_{node['name']}"}, *sets]
    if kind == "CXXMethodDecl":
        return [{f"{prefix}_{node['name']}", f"{prefix}_get_{node['name']}"}]
    return [{f"sandgraft_{node['name']}"}]


def api(include):
    """The public declarations, each with its name, and with its parameters where it is overloaded."""
    nodes = {}
    for node in declarations(include):
        if is_public(node) and node["kind"] in ("FieldDecl", "CXXMethodDecl", "FunctionDecl", "EnumDecl", "VarDecl"):
            name = f"{node['scope']}::{node['name']}"
            nodes.setdefault(name, {})[node.get("mangledName", node["id"])] = node
    for name, overloads in nodes.items():
        for node in overloads.values():
            yield (name if len(overloads) == 1 else f"{name}({parameters(node)})"), node


def missing(nodes, table, functions, constants):
    everything, used = functions | constants, set()
    for name, node in nodes:
        if name in table:
            used.add(name)
            here = [] if table[name].startswith("- ") else [{word} for word in table[name].split()]
        elif name.endswith(")"):
            yield f"{name} is an overload that names.txt does not have"
            continue
        else:
            here = wanted(node, name, functions)
        for choice in here:
            if not choice & everything:
                yield f"{name} is not in C as {' or '.join(sorted(choice))}"
    yield from (f"names.txt: there is no {name} in C++" for name in sorted(table.keys() - used))


def same_numbers(root, include, nodes):
    """Whether every enumerator has the number that it has in C, and the library's table ends where it ends."""
    text = including_all(include) + '#include "enums.hpp"\n'
    for name, node in nodes:
        if node["kind"] != "EnumDecl":
            continue
        start = "SANDGRAFT_" + ("ERROR" if name == "sandgraft::ErrorCode" else words(name).upper())
        for value in enumerators(node):
            text += f"static_assert(static_cast<int>({name}::{value}) == {start}_{value.upper()});\n"
        if name != "sandgraft::ErrorCode":
            text += f"static_assert(static_cast<int>({name}::{enumerators(node)[-1]}) == sandgraft::c::last<{name}>);\n"
    command = ["clang++", "-std=c++20", f"-I{include}", f"-I{root / 'bindings/c'}", "-fsyntax-only", "-xc++", "-"]
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    return result.stderr.splitlines()


def scripted(path):
    return set(re.findall(r"^ +(sandgraft_\w+);$", path.read_text(), re.MULTILINE))


def exported(library):
    lines = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    symbols = [line.split()[-1].split("@@") for line in lines.splitlines()]
    return {symbol[0] for symbol in symbols if len(symbol) == 2}


def unequal(one, other, what):
    yield from (f"{name} is in {what[0]}, and not in {what[1]}" for name in sorted(one - other))
    yield from (f"{name} is in {what[1]}, and not in {what[0]}" for name in sorted(other - one))


def main(root, library):
    root = pathlib.Path(root)
    include, bindings = root / "include", root / "bindings" / "c"
    functions, constants = c_names([bindings / "sandgraft.h", *(bindings / "sandgraft-c").glob("*.h")])
    functions = {name for name in functions if not name.endswith("_func")}
    script = scripted(bindings / "libsandgraft-c.map")
    found = [*unequal(functions, script, ("the headers", "libsandgraft-c.map"))]
    if library != "-":
        found += unequal(script, exported(library), ("libsandgraft-c.map", "the library"))
    nodes = list(api(include))
    found += missing(nodes, given_names(root / "tests" / "c-abi" / "names.txt"), functions, constants)
    found += same_numbers(root, include, nodes)
    for line in found:
        print(line)
    if found:
        print(HOW)
    print(f"{len(functions)} functions, {len(found)} faults")
    return 1 if found or not functions else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
