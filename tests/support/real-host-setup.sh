# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs once in the image that tests/real-host makes: names, network, swap, and users to log in as by the key.

grant() {
    install -d -m 700 -o "$1" -g "$1" "$2/.ssh"
    install -m 600 -o "$1" -g "$1" /root/id.pub "$2/.ssh/authorized_keys"
    install -m 600 -o "$1" -g "$1" /root/id "$2/.ssh/id_ed25519"
    printf 'StrictHostKeyChecking no\n' >"$2/.ssh/config"
}

useradd -m -s /bin/bash -G libvirt alice
useradd -m -s /bin/bash bob
passwd -d root
grant root /root
grant alice /home/alice
grant bob /home/bob
rm /root/id /root/id.pub

echo realhost >/etc/hostname
printf '127.0.0.1 localhost realhost\n' >/etc/hosts
printf '/dev/vda / ext4 errors=remount-ro 0 1\n/dev/vdb none swap sw 0 0\n' >/etc/fstab
cat >/etc/network/interfaces <<'END'
auto lo eth0
iface lo inet loopback
iface eth0 inet static
    address 10.0.2.15/24
    gateway 10.0.2.2
END
systemctl enable serial-getty@ttyS0 ssh
