#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: read_back.sh READ-BACK
#
# Starts and defines sandboxes in libvirt, and compares what virDomainGetXMLDesc returns of them with the
# descriptions that they were made from.
set -eu

read_back=$1
directory=$(mktemp -d)
# libvirt creates this directory in the root that a container is given, here the machine's own.
left_by_libvirt=/.oldroot
[ ! -d $left_by_libvirt ] || left_by_libvirt=
trap 'rm -rf "$directory"; [ -z "$left_by_libvirt" ] || rmdir --ignore-fail-on-non-empty "$left_by_libvirt"' EXIT

virsh() {
    command virsh --quiet --connect lxc:///system "$@"
}

"$read_back" write "$directory"
for document in "$directory"/*.xml; do
    stem=${document%.xml}
    name=${stem##*/}
    virsh create "$document"
    virsh dumpxml "$name" >"$stem.started"
    virsh destroy "$name"
    virsh define "$document"
    virsh dumpxml --inactive "$name" >"$stem.defined"
    virsh undefine "$name"
done
"$read_back" compare "$directory"
