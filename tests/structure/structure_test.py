#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What layering.py and sizes.py find in small trees made for it. A row is what is changed in a good tree, and what is
then said of it."""

import pathlib
import tempfile
import unittest

import layering
import sizes

PLAN = """
```
 upper
 base   one two
```

| room | owns | may include |
|---|---|---|
| `base` | text | – |
| `upper` | all else | base |

| room | owns | may include |
|---|---|---|
| `upper/one` | first | – |
| `upper/two` | second | all above |
"""

GOOD = {
    "docs/architecture.md": PLAN,
    "include/meson.build": "'a.hpp'",
    "include/sandgraft/a.hpp": "#include <string>\n",
    "lib/base/text.hpp": "#include <string>\n",
    "lib/base/text.cpp": '#include "base/text.hpp"\n',
    "lib/upper/face.cpp": '#include "upper/two/second.hpp"\n#include <sandgraft/a.hpp>\n',
    "lib/upper/one/first.hpp": '#include "base/text.hpp"\n',
    "lib/upper/two/second.hpp": '#include "upper/one/first.hpp"\n',
    "lib/upper/two/third.cpp": '#include "upper/two/second.hpp"\n',
}

ROWS = [
    ({}, []),
    ({"lib/base/x.cpp": '#include "upper/face.hpp"\n'}, ["lib/base/x.cpp:1: lib/base may not include upper/face.hpp"]),
    ({"lib/new/x.cpp": '#include "base/text.hpp"\n'}, ["lib/new/x.cpp:1: room lib/new is not in the plan"]),
    ({"lib/upper/six/x.cpp": '#include "base/text.hpp"\n'}, ["lib/upper/six/x.cpp:1: room lib/upper/six is not in the plan"]),
    ({"lib/upper/one/x.cpp": '#include "upper/two/second.hpp"\n'},
     ["lib/upper/one/x.cpp:1: lib/upper/one may not include upper/two/second.hpp"]),
    ({"lib/upper/two/x.cpp": '#include "upper/face.hpp"\n'},
     ["lib/upper/two/x.cpp:1: lib/upper/two may not include upper/face.hpp"]),
    ({"lib/upper/two/second.cpp": '#include "upper/two/third.hpp"\n'},
     ["lib/ has a circle: upper/two/second -> upper/two/third -> upper/two/second"]),
    ({"lib/upper/a.hpp": '#include "upper/b.hpp"\n', "lib/upper/b.cpp": '#include "upper/c.hpp"\n',
      "lib/upper/c.cpp": '#include "upper/a.hpp"\n'},
     ["lib/ has a circle: upper/a -> upper/b -> upper/c -> upper/a"]),
    ({"lib/upper/face.cpp": "#include <libvirt/libvirt.h>\n"},
     ["lib/upper/face.cpp:1: libvirt/libvirt.h belongs in lib/virt only"]),
    ({"include/sandgraft/a.hpp": "#include <boost/any.hpp>\n"},
     ["include/sandgraft/a.hpp:1: a public header may not include boost/any.hpp"]),
    ({"include/sandgraft/b.hpp": ""},
     ["include/meson.build: b.hpp is not listed, so neither installed nor compiled alone"]),
    ({"docs/architecture.md": PLAN.replace("one two", "one")},
     ["docs/architecture.md: upper/two is not in a drawing"]),
    ({"docs/architecture.md": PLAN.replace("| base |", "| base, attic |")},
     ["docs/architecture.md: upper is said to include attic, which has no row"]),
    ({"docs/architecture.md": PLAN + "| `upper/three` | third | all above |\n"},
     ["docs/architecture.md: there is no room lib/upper/three",
      "docs/architecture.md: upper/three is not in a drawing"]),
]


def function(lines, row="    x();"):
    return ["int f(int a,", "      int b) {", *[row] * (lines - 5), "    if (a) {", "    }", "}"]


class Structure(unittest.TestCase):
    def test_layering(self):
        for changes, expected in ROWS:
            with self.subTest(expected), tempfile.TemporaryDirectory() as name:
                root = pathlib.Path(name)
                for place, text in (GOOD | changes).items():
                    (root / place).parent.mkdir(parents=True, exist_ok=True)
                    (root / place).write_text(text, encoding="utf-8")
                self.assertEqual(layering.check(root), expected)

    def test_sizes(self):
        for lines, is_test, expected in [
            (function(60), False, []),
            (function(61), False, ["x.cpp:1: a function of 61 lines, at most 60"]),
            (function(61), True, []),
            (function(300, '    {"a", 1},'), False, []),
            (["namespace a {", *[""] * 398, "}"], False, []),
            ([""] * 401, True, ["x.cpp: 401 lines, at most 400"]),
        ]:
            with self.subTest(expected=expected):
                self.assertEqual(list(sizes.faults("x.cpp", lines, is_test)), expected)


if __name__ == "__main__":
    unittest.main()
