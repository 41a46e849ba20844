// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#ifdef SANDGRAFT_CATCH2_V3
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif
