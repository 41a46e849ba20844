#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds, and runs every test; then the same with the sanitizers.
#
#     tests/run.sh [--fast]     --fast leaves the sanitizers out
#
# Two builds: build/ with the system's compiler and the library both shared and static, and build-sanitized/ with clang,
# the address and undefined-behaviour sanitizers and the fuzzers, so both compilers see every file. Warnings are errors.
# The last line counts: "N passed, N failed", with ", N skipped" when there are any. The exit status is 0 when none failed.
set -u

cd "$(dirname "$0")/.." || exit 1
results=$(mktemp) || exit 1
trap 'rm -f "$results"' EXIT
trap 'exit 1' HUP INT TERM

step() {
    printf '\n=== %s\n' "$*"
}

# Records something that is not a test of meson's and that failed.
broken() {
    printf 'FAIL: %s\n' "$*"
    echo 'FAIL' >>"$results"
}

# configure DIRECTORY [OPTION...]: warnings are errors here, also in a directory that somebody else has set up.
configure() {
    directory=$1
    shift
    if [ -f "$directory/build.ninja" ]; then
        meson configure -Dwerror=true "$@" "$directory"
    else
        meson setup -Dwerror=true "$@" "$directory"
    fi
}

# check DIRECTORY TITLE [MESON TEST OPTION...]
check() {
    directory=$1 title=$2
    shift 2
    step "$title: build"
    if ! ninja -C "$directory"; then
        broken "$title: build"
        return
    fi
    step "$title: test"
    rm -f "$directory/meson-logs/testlog.json"
    meson test -C "$directory" --no-rebuild --print-errorlogs "$@"
    if ! python3 tests/support/results.py "$directory/meson-logs/testlog.json" >>"$results"; then
        broken "$title: meson left no results"
    fi
}

system_compiler() {
    step 'configure build/'
    if configure build -Ddefault_library=both; then
        check build 'system compiler'
    else
        broken 'configure build/'
    fi
}

sanitizers() {
    step 'configure build-sanitized/'
    if CC=clang CXX=clang++ configure build-sanitized -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false; then
        UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
            check build-sanitized sanitizers --no-suite structure --no-suite fixture --no-suite bench --timeout-multiplier 4
    else
        broken 'configure build-sanitized/'
    fi
}

step 'install what is missing'
tests/support/install.sh || broken 'install'
system_compiler
[ "${1:-}" = --fast ] || sanitizers

passed=$(grep -c '^OK$' "$results")
failed=$(grep -c '^FAIL$' "$results")
skipped=$(grep -c '^SKIP$' "$results")
step 'all together'
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
