// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sandgraft::fuzz {

/// What must hold for any input; the fuzzer keeps the input when it does not.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

}  // namespace sandgraft::fuzz
