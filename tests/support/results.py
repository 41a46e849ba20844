#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints OK, SKIP or FAIL for every test in a log of meson's (testlog.json), a line each."""

import json
import sys

KINDS = {"OK": "OK", "EXPECTEDFAIL": "OK", "SKIP": "SKIP"}


def main():
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            print(KINDS.get(json.loads(line)["result"], "FAIL"))


if __name__ == "__main__":
    main()
