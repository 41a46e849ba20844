#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: schema.sh DIRECTORY     checks its documents (*.xml) against libvirt's schema; 77 where that is missing
command -v virt-xml-validate >/dev/null || exit 77
failed=0
for document in "$1"/*.xml; do
    virt-xml-validate "$document" domain || failed=1
done
exit $failed
