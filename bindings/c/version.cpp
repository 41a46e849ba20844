// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sandgraft.h"

int sandgraft_version() { return SANDGRAFT_VERSION; }

const char* sandgraft_version_string() { return SANDGRAFT_PROJECT_VERSION; }
