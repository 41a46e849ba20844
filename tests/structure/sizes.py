#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that source files are at most 400 lines, and functions of what is not a test at most 60, rows of tables not counted.
A function is what begins with a line that ends in ") {" or the like and ends with the next "}" that is no deeper; the
code is laid out by clang-format, so that is enough.

usage: sizes.py SOURCE_ROOT
"""

import pathlib
import re
import sys

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

OPENING = re.compile(r".*[)}]( const| noexcept| override| &&)*( ->.*)? \{$")
CONTROL = re.compile(r"^ *(\} )?(if|for|while|switch|else|catch|do|try)\b")
TABLE_ROW = re.compile(r'^\s*(\{.*\}|"[^"]*"),?$')


def first_of(lines, opening):
    """Where what is opened there begins: its parameters or initialisers may take several lines."""
    open_parentheses = 0
    for first in range(opening, -1, -1):
        open_parentheses += lines[first].count(")") - lines[first].count("(")
        is_more = lines[first].lstrip().startswith(":") or lines[first - 1].endswith(",")
        if open_parentheses <= 0 and not is_more:
            return first
    return 0


def functions(lines):
    """The number of the first line and the lines of everything that looks like a function."""
    for opening, line in enumerate(lines):
        if not OPENING.match(line) or CONTROL.match(line):
            continue
        first = first_of(lines, opening)
        depth = len(lines[first]) - len(lines[first].lstrip())
        for last in range(opening + 1, len(lines)):
            if re.match(r" {0,%d}\}" % depth, lines[last]):
                yield first + 1, lines[first : last + 1]
                break


def faults(place, lines, is_test):
    if len(lines) > LONGEST_FILE:
        yield f"{place}: {len(lines)} lines, at most {LONGEST_FILE}"
    for number, body in functions([] if is_test else lines):
        length = sum(1 for line in body if not TABLE_ROW.match(line))
        if length > LONGEST_FUNCTION:
            yield f"{place}:{number}: a function of {length} lines, at most {LONGEST_FUNCTION}"


def check(root):
    found = []
    for top in ("include", "lib", "bindings", "examples", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".hpp", ".c", ".cpp"):
                lines = path.read_text(encoding="utf-8").splitlines()
                found += faults(path.relative_to(root).as_posix(), lines, top == "tests")
    return found


def main():
    found = check(pathlib.Path(sys.argv[1]))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
