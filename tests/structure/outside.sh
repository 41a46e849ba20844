#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the program in outside/ as another project would, and runs it. $CXX is the compiler.
#
# usage: outside.sh installed SOURCE_ROOT BUILD_ROOT CMAKE     against what is installed: with pkg-config, with CMake, and where
#                                                              a static library was built with that
#        outside.sh subproject SOURCE_ROOT                     with the project as a subproject and a static library
set -eu

way=$1
source_root=$2
outside=$(dirname "$0")/outside
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() {
    echo "outside.sh: $*" >&2
    exit 1
}

# with_pkg_config NAME [OPTION...]
with_pkg_config() {
    name=$1
    shift
    # shellcheck disable=SC2046 # words are wanted
    $CXX -std=c++20 -Wall -Wextra -Werror -o "$place/$name" "$outside/outside.cpp" \
        $(pkg-config "$@" --cflags --libs sandgraft)
    "$place/$name" || fail "the program built with pkg-config $* does not work"
}

# The C interface, by a program that is C and C++.
with_c_interface() {
    # shellcheck disable=SC2046 # words are wanted
    $CXX -Wall -Wextra -Werror -o "$place/hello" -x c++ "$1/examples/c/hello.c" -x none \
        $(pkg-config --cflags --libs sandgraft-c) || fail 'the example for C is not built with pkg-config'
}

as_an_older_language() {
    # shellcheck disable=SC2046 # words are wanted
    ! $CXX -std=c++17 -fsyntax-only "$outside/outside.cpp" $(pkg-config --cflags sandgraft) 2>"$place/log" ||
        fail 'the headers are compiled as C++17'
    grep -q 'compile with -std=c++20' "$place/log" || fail 'nothing says that the headers need C++20'
}

# with_cmake CMAKE LIBRARY_DIRECTORY
with_cmake() {
    "$1" -S "$outside" -B "$place/cmake" -Dsandgraft_DIR="$2/cmake/sandgraft" -DCMAKE_CXX_FLAGS='-Wall -Wextra -Werror' >"$place/log" ||
        fail "cmake: $(cat "$place/log")"
    "$1" --build "$place/cmake" >"$place/log" || fail "cmake --build: $(cat "$place/log")"
    "$place/cmake/outside" || fail 'the program built with CMake does not work'
}

# Where pkg-config lacks what the library needs, CMake says what that is.
with_cmake_and_nothing_else() {
    ! PKG_CONFIG_LIBDIR=$place "$1" -S "$outside" -B "$place/alone" -Dsandgraft_DIR="$2/cmake/sandgraft" >"$place/log" 2>&1 ||
        fail 'CMake finds the package without what it needs'
    grep -q "'pugixml', required by 'sandgraft', not found" "$place/log" || fail "CMake gives no reason: $(cat "$place/log")"
}

# The linker prefers a shared library, so there is none.
with_static_library() {
    find "$place/root" -name 'libsandgraft.so*' -delete
    with_pkg_config static --static
    ! ldd "$place/static" | grep libsandgraft || fail 'the program is not linked with the static library'
}

# installed BUILD_ROOT CMAKE
installed() {
    DESTDIR=$place/root meson install -C "$1" --no-rebuild --quiet
    configs=$(dirname "$(find "$place/root" -name sandgraft.pc)")
    libraries=$(dirname "$configs")
    export PKG_CONFIG_PATH="$configs" LD_LIBRARY_PATH="$libraries"
    # The system's own packages are not below the root, but pkg-config says so.
    export PKG_CONFIG_SYSROOT_DIR="$place/root" PKG_CONFIG_SYSTEM_INCLUDE_PATH="/usr/include:$place/root/usr/include"
    [ -x "$(pkg-config --variable=libexecdir sandgraft)/sandgraft-init" ] ||
        fail 'the pkg-config file does not say where sandgraft-init is'
    [ -n "$(find "$(pkg-config --variable=modulesdir sandgraft)" -name 'sandgraft-libvirt-*.so')" ] ||
        fail 'the pkg-config file does not say where the module for libvirt is'
    with_pkg_config shared
    with_c_interface "$source_root"
    as_an_older_language
    with_cmake "$2" "$libraries"
    with_cmake_and_nothing_else "$2" "$libraries"
    if [ -e "$libraries/libsandgraft.a" ]; then
        with_static_library
    fi
}

subproject() {
    mkdir -p "$place/project/subprojects"
    cp "$outside/outside.cpp" "$outside/meson.build" "$place/project"
    ln -s "$source_root" "$place/project/subprojects/sandgraft"
    meson setup --buildtype=plain -Dsandgraft:default_library=static "$place/build" "$place/project" >"$place/log" ||
        fail "meson setup: $(cat "$place/log")"
    ! ninja -C "$place/build" -t targets all | grep -q 'sandgraft/tests/' || fail 'the tests of a subproject are built'
    nice ninja -C "$place/build" outside >"$place/log" || fail "ninja: $(cat "$place/log")"
    "$place/build/outside" || fail 'the program built with the subproject does not work'
}

case $way in
installed) installed "$3" "$4" ;;
subproject) subproject ;;
*) fail "unknown way: $way" ;;
esac
