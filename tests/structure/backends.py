#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks who may know which kind of sandbox it deals with, as docs/architecture.md claims.

usage: backends.py SOURCE_ROOT

Code (comments aside) that names a driver or a device of one, or that prepares the host for one, stands in the places
below and nowhere else in lib/.
"""

import pathlib
import re
import sys

# What only some places may say, and these places. units speaks of what systemd's ConditionVirtualization= knows. Any
# kind of sandbox can be kept, and the end of any be missed.
KNOWN_TO = {
    re.compile(r"(?i)\blxc|libvirt_lxc|qemu|\bconsole\d"): (
        "lib/domain/", "lib/session/backends.cpp", "lib/session/lxc_backend.", "lib/virt/libvirt/", "lib/units/"),
    re.compile(r'#include "root/(?!kept_directory|terminal_guard|undertaker)'): ("lib/root/", "lib/session/lxc_backend.", "lib/session/preflight."),
    re.compile(r'#include "domain/(lxc|qemu)'): ("lib/domain/", "lib/session/lxc_backend."),
}


def comment_free_lines(path):
    text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
    yield from enumerate(text.splitlines(), 1)


def violations(root):
    for path in sorted((root / "lib").rglob("*.?pp")):
        place = path.relative_to(root).as_posix()
        for number, line in comment_free_lines(path):
            for words, places in KNOWN_TO.items():
                if words.search(line) and not place.startswith(places):
                    yield f"{place}:{number}: only {', '.join(places)} may say: {line.strip()}"


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(violations(root))
    print("\n".join(found) or "who knows of containers is as the architecture says")
    known = any("lxc" in line for _, line in comment_free_lines(root / "lib/session/backends.cpp"))
    return 1 if found or not known else 0


if __name__ == "__main__":
    sys.exit(main())
