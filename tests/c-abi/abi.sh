#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compares the ABI of the C interface with the recorded one, which is the file to look at in a review. With SANDGRAFT_UPDATE_ABI=1
# it is recorded instead.
#
# usage: abi.sh SOURCE_ROOT LIBRARY
set -eu

recorded=$1/bindings/c/libsandgraft-c.abi
library=$2
if ! command -v abidw >/dev/null; then
    echo 'abi.sh: no abidw (package abigail-tools)'
    exit 77
fi

now=$(mktemp)
trap 'rm -f "$now"' EXIT
abidw --headers-dir "$1/bindings/c" --drop-private-types --no-corpus-path --no-comp-dir-path --no-show-locs \
    --no-elf-needed --exported-interfaces-only --drop-undefined-syms --out-file "$now" "$library"
if [ "${SANDGRAFT_UPDATE_ABI:-}" = 1 ]; then
    cp "$now" "$recorded"
    exit
fi
abidiff "$recorded" "$now" || {
    status=$?
    [ $((status & 8)) = 0 ] || echo 'abi.sh: programs that are linked with it break: never do that (docs/c-abi.md)'
    echo 'abi.sh: record what was added with SANDGRAFT_UPDATE_ABI=1'
    exit 1
}
