#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the Debian packages of packages.txt that are missing, and nothing when none is.
#
#     install.sh [SECTION...]     sections: build, run, test (default: these three), emulator
#
# Needs root only when something is missing. No service is started by it.
set -eu

list=$(dirname "$0")/packages.txt
sections=${*:-build run test}

# The names in the wanted sections of packages.txt.
wanted() {
    sed -e 's/^# == \([a-z]*\).*/== \1/' -e 's/#.*//' "$list" | while read -r first second; do
        case $first in
        '') ;;
        ==) section=$second ;;
        *) case " $sections " in *" $section "*) echo "$first" ;; esac ;;
        esac
    done
}

missing() {
    for package in $(wanted); do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# Debian starts a service as soon as it is installed, unless a policy forbids it.
install_without_starting() {
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    apt install --no-install-recommends "$@"
}

if ! command -v apt-get >/dev/null; then
    echo "install: this is not a Debian system; needed are the likes of: $(wanted | tr '\n' ' ')"
    exit 0
fi
packages=$(missing)
if [ -z "$packages" ]; then
    echo "install: all packages are there ($sections)"
    exit 0
fi
echo "install: apt-get install $packages"
if [ "$(id -u)" != 0 ]; then
    echo "install: this needs root" >&2
    exit 1
fi
# shellcheck disable=SC2086
apt install --simulate --no-install-recommends $packages >/dev/null 2>&1 || apt update
# shellcheck disable=SC2086
install_without_starting $packages || { apt update && install_without_starting $packages; }
