// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Marks what the shared library exports; everything else is hidden.
#define SANDGRAFT_EXPORT __attribute__((visibility("default")))

/// Marks what lies within something exported and is hidden nevertheless.
#define SANDGRAFT_HIDDEN __attribute__((visibility("hidden")))
