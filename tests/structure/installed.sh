#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs into a temporary directory and uses it as a stranger would.
#
# usage: installed.sh SOURCE_ROOT BUILD_ROOT
set -eu

source_root=$1
build_root=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() {
    echo "installed.sh: $*" >&2
    exit 1
}

DESTDIR=$place meson install -C "$build_root" --no-rebuild --quiet
config=$(find "$place" -name sandgraft.pc)
[ -n "$config" ] || fail 'no pkg-config file is installed'
libraries=$(dirname "$(dirname "$config")")
[ -e "$libraries/libsandgraft.so" ] || [ -e "$libraries/libsandgraft.a" ] || fail 'no library is installed'

# A shared library exports what the headers declare; without clang++ nobody can tell.
if [ -e "$libraries/libsandgraft.so" ]; then
    include=$(dirname "$(dirname "$(find "$place" -path '*/include/sandgraft/error.hpp')")")
    status=0
    python3 -B "$(dirname "$0")/exports.py" "$include" "$libraries/libsandgraft.so" || status=$?
    [ "$status" = 0 ] || [ "$status" = 77 ] || fail 'the exports are not what the headers declare'
fi

# libvirt is the module's business, and the module exports only what loads it.
module=$(find "$place" -name 'sandgraft-libvirt-*.so')
[ -n "$module" ] || fail 'no module for libvirt is installed'
if [ -e "$libraries/libsandgraft.so" ]; then
    readelf -d "$libraries/libsandgraft.so" >"$place/dynamic"
    ! grep -q 'NEEDED.*libvirt' "$place/dynamic" || fail 'the library is linked with libvirt'
fi
[ "$(nm -D --defined-only "$module" | cut -d' ' -f3 | sort | tr '\n' ' ')" = \
    'sandgraft_module_version sandgraft_open_hypervisor ' ] || fail 'the module exports something else'

# The example of the README is the one that is compiled, and needs nothing but the installed files.
sed -n '/^```cpp$/,/^```$/p' "$source_root/README.md" | sed '/^```/d' >"$place/readme.cpp"
grep -v '^//' "$source_root/examples/cpp/hello.cpp" | diff - "$place/readme.cpp" || fail 'the README has another example'
# shellcheck disable=SC2046 # words are wanted
$CXX -std=c++20 -o "$place/readme" "$place/readme.cpp" \
    $(PKG_CONFIG_SYSROOT_DIR=$place PKG_CONFIG_PATH=$(dirname "$config") pkg-config --cflags --libs sandgraft)

for name in init guard; do
    [ -x "$(find "$place" -path "*/sandgraft/sandgraft-$name")" ] || fail "no sandgraft-$name is installed"
done

program=$(find "$place" -path '*/bin/sandgraft')
LD_LIBRARY_PATH=$libraries "$program" --version | grep -q '^sandgraft [0-9]' || fail 'the program does not run'

# Completion knows the commands, and their options from the program itself.
complete_words() {
    LD_LIBRARY_PATH=$libraries bash -c '
        . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sandgraft; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$(find "$place" -path '*/completions/sandgraft')" "$program" "$@"
}
[ "$(complete_words ru)" = run ] || fail 'commands are not completed'
complete_words run --wor | grep -qx -e --workdir || fail 'options are not completed'
! complete_words run -- --wor | grep -qx -e --workdir || fail 'options are completed behind --'
