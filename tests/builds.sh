#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds everything, the tests too, in the ways that packagers and developers build it, and warnings are errors.
#
#     tests/builds.sh [VARIANT...]     default: all of them
#
# It is no part of the test command, since it compiles every file once for each variant. It prints a line for each of
# them and ends with "N built, N failed"; what the compiler said is in build-VARIANT/builds.log.
set -u

cd "$(dirname "$0")/.." || exit 1

# options VARIANT: meson's options
options() {
    case $1 in
    plain) echo --buildtype=plain ;;
    release) echo --buildtype=release ;;
    minsize) echo --buildtype=minsize ;;
    lto) echo --buildtype=release -Db_lto=true ;;
    static) echo --buildtype=release -Ddefault_library=static ;;
    clang) echo --buildtype=debugoptimized ;;
    *) return 1 ;;
    esac
}

# build VARIANT
build() {
    directory=build-$1
    case $1 in clang*) export CC=clang CXX=clang++ ;; *) unset CC CXX ;; esac
    mkdir -p "$directory"
    {
        # shellcheck disable=SC2046 # words are wanted
        [ -f "$directory/build.ninja" ] || meson setup -Dwerror=true $(options "$1") "$directory"
        ninja -k0 -C "$directory"
    } >"$directory/builds.log" 2>&1
}

[ $# -gt 0 ] || set -- plain release minsize lto static clang
built=0
failed=0
for variant; do
    if ! options "$variant" >/dev/null; then
        echo "builds.sh: there is no variant '$variant'" >&2
        exit 1
    fi
    if build "$variant"; then
        echo "$variant: built"
        built=$((built + 1))
    else
        echo "$variant: FAILED, see build-$variant/builds.log"
        failed=$((failed + 1))
    fi
done
echo "$built built, $failed failed"
[ "$failed" = 0 ]
