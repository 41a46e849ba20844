#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a fresh checkout to the main job: installs what is missing, builds, and runs commands in sandboxes on this
# machine's own files. Needs root. May be repeated; the second time it only runs.
#
# Where no usable libvirtd runs, a private one is started for as long as this takes; it leaves no trace.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
program=$here/build/examples/cli/sandgraft
export SANDGRAFT_INIT="$here/build/lib/guest/sandgraft-init"

say() {
    printf '\n# %s\n' "$*"
}

# Shows a command as one would type it, then runs it.
sandgraft() {
    printf '$ sandgraft'
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9_=,./:+-]*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    "$program" "$@"
}

build() {
    say 'install what is missing'
    "$here/tests/support/install.sh" build run
    say 'build'
    [ -f "$here/build/build.ninja" ] || meson setup "$here/build" "$here"
    ninja -C "$here/build" examples/cli/sandgraft lib/guest/sandgraft-init lib/guest/sandgraft-guard \
        lib/guest/sandgraft-keeper lib/guest/sandgraft-bury lib/sandgraft-libvirt-0.1.so
}

# A libvirtd that runs here and can start a container.
libvirtd_is_usable() {
    { [ -S /run/libvirt/libvirt-sock ] || [ -S /run/libvirt/virtlxcd-sock ]; } && "$program" run -- true 2>/dev/null
}

main_job() {
    output=$(mktemp -d)
    trap 'rm -rf "$output"' EXIT
    trap 'exit 1' HUP INT TERM

    say "the host's own files, but read-only, without its secrets, its processes and its network"
    sandgraft run -- sh -c 'grep PRETTY /etc/os-release; touch /etc/x; ls -A /root /home; ps -ef; cat /proc/net/dev'

    say "compile a real file of this project: the sources are seen read-only, only $output can be written"
    sandgraft run --mount "type=bind,source=$here,target=/src,readonly" --mount "type=bind,source=$output,target=/out" \
        --workdir /src -- c++ -std=c++20 -O1 -Iinclude -Ilib -c lib/base/text.cpp -o /out/text.o
    ls -l "$output"

    say 'as a filter: pipes stay pipes, here for a user without rights over them'
    tar -C "$here" -c docs | sandgraft run --user nobody -- sh -c 'tar -t | wc -l'

    say 'the exit status is the command'\''s'
    status=0
    sandgraft run -- sh -c 'exit 7' || status=$?
    echo "status $status"

    say 'what libvirt is asked for'
    sandgraft xml -- true | head -n 12
    say "done; '$program run --help' tells more"
}

if [ "${1:-}" = --run ]; then
    main_job
    exit
fi
if [ "$(id -u)" != 0 ]; then
    echo 'quickstart: installing packages and starting containers needs root' >&2
    exit 1
fi
build
if libvirtd_is_usable; then
    say "run, with this machine's libvirtd"
    main_job
else
    say 'run, with a private libvirtd: none is usable on this machine'
    "$here/tests/support/libvirtd-env" -- "$0" --run
fi
