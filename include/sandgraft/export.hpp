// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Marks what the shared library exports; everything else is hidden.
#define SANDGRAFT_EXPORT __attribute__((visibility("default")))
