// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Marks what the shared library exports; everything else is hidden.
#define SANDGRAFT_EXPORT __attribute__((visibility("default")))

/// Marks what lies within something exported and is hidden nevertheless.
#define SANDGRAFT_HIDDEN __attribute__((visibility("hidden")))

#if __cplusplus <= 201703L
#error "Sandgraft is a library for C++20: compile with -std=c++20"
#endif
