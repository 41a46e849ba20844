# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the public headers declare in the namespace sandgraft, as clang reads them."""

import json
import pathlib
import shutil
import subprocess
import sys

SKIP = 77


def including_all(include):
    """The text of a program that includes every public header."""
    headers = sorted(pathlib.Path(include, "sandgraft").glob("*.hpp"))
    return "".join(f"#include <sandgraft/{header.name}>\n" for header in headers)


def declarations(include):
    """The declarations of all public headers, as nodes of clang's syntax tree that know their "scope" and "parent"."""
    if shutil.which("clang++") is None:
        print("no clang++ to read the headers with")
        sys.exit(SKIP)
    arguments = ["-std=c++20", f"-I{include}", "-fsyntax-only", "-xc++", "-Xclang", "-ast-dump=json",
                 "-Xclang", "-ast-dump-filter=sandgraft::", "-"]
    dump = subprocess.run(["clang++", *arguments], input=including_all(include), capture_output=True, text=True, check=True).stdout
    yield from walk(documents(dump), "sandgraft", {})


def documents(dump):
    decoder, position = json.JSONDecoder(), 0
    while position < len(dump):
        document, end = decoder.raw_decode(dump, position)
        yield document
        position = end + len(dump[end:]) - len(dump[end:].lstrip())


def walk(nodes, scope, parent):
    for node in nodes:
        own_name = node["kind"] == "CXXRecordDecl" and node.get("isImplicit")  # a class names itself within itself
        if own_name or "name" not in node:
            continue
        node |= {"scope": scope, "parent": parent}
        yield node
        if node["kind"] == "CXXRecordDecl":
            yield from walk(node.get("inner", []), f"{scope}::{node['name']}", node)


def has(node, kind):
    return any(inner["kind"] == kind for inner in node.get("inner", []))
