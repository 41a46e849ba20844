#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs what the headers promise of threads under the thread sanitizer, and what relays; as root.
#
#     tests/threads.sh [RUNS]     of the test with real sandboxes, in one libvirtd of its own; 1 by default
#
# It is no part of the test command, since it compiles everything once more, into build-threads/.
set -eu

cd "$(dirname "$0")/.."
runs=${1:-1}
[ -f build-threads/build.ninja ] || meson setup -Dwerror=true -Db_sanitize=thread -Db_lundef=false build-threads
ninja -C build-threads tests/session/test-threads lib/sandgraft-libvirt-0.1.so \
    lib/guest/sandgraft-init lib/guest/sandgraft-guard tests/unit/test-console tests/unit/test-keeper

# The keeper's test of user namespaces makes one in a child, where the sanitizer has a thread, and Linux then none.
# What libvirt and GLib, which are not instrumented, do to their own memory is left to them.
export TSAN_OPTIONS="suppressions=$PWD/tests/support/threads.supp second_deadlock_stack=1 \
ignore_noninstrumented_modules=1 ${TSAN_OPTIONS:-}"
export SANDGRAFT_INIT="$PWD/build-threads/lib/guest/sandgraft-init"
build-threads/tests/unit/test-console
build-threads/tests/unit/test-keeper '~*user namespace alone'
exec tests/support/libvirtd-env -- sh -c '
    for run in $(seq "$1"); do build-threads/tests/session/test-threads --durations yes || exit; done' sh "$runs"
