#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example with a poll loop of its own: each of its fifty commands says its line, in one of ten sandboxes."""
import re
import subprocess
import sys

done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True)
lines = [re.fullmatch(r"command (\d+) in (\S+)", line).groups() for line in done.stdout.splitlines()]
assert [int(number) for number, _ in lines] == list(range(50)), done.stdout
assert len({place for _, place in lines}) == 10, done.stdout
