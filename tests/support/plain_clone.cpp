// SPDX-License-Identifier: LGPL-2.1-or-later
// The thread sanitizer takes each clone(2) for a fork(2): in one that shares its parent's memory it forgets the threads
// of the parent. This definition comes before its own.
#include <sched.h>

extern "C" {
int __clone(int (*function)(void*), void* stack, int flags, void* argument, ...) noexcept;

__attribute__((no_sanitize("thread"))) int clone(int (*function)(void*), void* stack, int flags, void* argument,
                                                 ...) noexcept {
    return __clone(function, stack, flags, argument);
}
}
