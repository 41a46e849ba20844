// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/mount.h>
#include <unistd.h>

namespace sandgraft::root {

/// Takes a guarded directory away with whatever is mounted on it.
inline void remove_directory(const char* directory) {
    ::umount2(directory, MNT_DETACH | UMOUNT_NOFOLLOW);
    ::rmdir(directory);
}

}  // namespace sandgraft::root
