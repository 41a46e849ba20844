#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fifty kept sandboxes: whether the last starts take longer than the first, and how long it takes to stop them all.

usage: fifty_bench.py SANDGRAFT
"""

import json
import statistics
import subprocess
import sys
import time

COUNT = 50
SOME = 9  # of the first and of the last starts
PROMISED = 1.2


def timed(*words):
    begin = time.monotonic()
    subprocess.run(words, check=True)
    return time.monotonic() - begin


def main():
    program = sys.argv[1]
    names = [f"fifty-{number}" for number in range(COUNT)]
    for name in names:
        subprocess.run([program, "create", name, "--", "sleep", "1000"], check=True)
    starts = [timed(program, "start", name) for name in names]
    first, last = (statistics.median(some) * 1000 for some in (starts[:SOME], starts[-SOME:]))
    stopped = timed(program, "stop", *names)
    listed = subprocess.run([program, "list", "--json"], check=True, stdout=subprocess.PIPE).stdout
    left = [sandbox["name"] for sandbox in json.loads(listed) if sandbox["name"] in names]
    subprocess.run([program, "rm", "--force", *names], check=True)
    print(f"the first {SOME} of {COUNT} starts: {first:.0f} ms, the last {SOME}: {last:.0f} ms, x {last / first:.2f}; "
          f"at most {PROMISED}")
    print(f"all {COUNT} stopped in {stopped:.2f} s; still running: {left or 'none'}")
    return 0 if last <= PROMISED * first and not left else 1


if __name__ == "__main__":
    sys.exit(main())
