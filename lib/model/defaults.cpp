// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/sandbox.hpp>

namespace sandgraft {

// docs/security.md argues for each entry.
const std::vector<std::string>& default_masks() {
    static const std::vector<std::string> masks = {
        // Other people's files.
        "/root",
        "/home",
        "/var/mail",
        "/var/spool/cron",
        // Password hashes and passwords.
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/gshadow",
        "/etc/gshadow-",
        "/etc/security/opasswd",
        "/var/cache/debconf/passwords.dat",
        "/etc/NetworkManager/system-connections",
        // Private keys.
        "/etc/ssl/private",
        "/etc/pki/tls/private",
        "/etc/letsencrypt",
        "/etc/ssh/ssh_host_rsa_key",
        "/etc/ssh/ssh_host_dsa_key",
        "/etc/ssh/ssh_host_ecdsa_key",
        "/etc/ssh/ssh_host_ed25519_key",
        "/etc/krb5.keytab",
        "/etc/wireguard",
        "/var/lib/systemd/credential.secret",
        // Other guests of this host: their disks and secrets.
        "/var/lib/libvirt",
    };
    return masks;
}

// What a package's scripts and a daemon that starts as root need on files and processes of the sandbox. Not among
// them: mknod (a node of the host's disk), net_raw and net_admin (forged packets on a shared network), sys_* but
// for chroot, audit_* and setpcap (nothing inside may widen this list), and setfcap (a file that was given
// capabilities on a graft has them outside as well: root inside is root outside).
const std::vector<std::string>& privileged_capabilities() {
    static const std::vector<std::string> capabilities = {
        "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "net_bind_service", "sys_chroot",
    };
    return capabilities;
}

}  // namespace sandgraft
