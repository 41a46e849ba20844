// SPDX-License-Identifier: LGPL-2.1-or-later
// Compiled once for all test programs. With Catch2 v3 the library brings its own main.
#ifndef SANDGRAFT_CATCH2_V3
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
