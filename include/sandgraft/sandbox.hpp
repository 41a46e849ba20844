// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/mount.hpp>
#include <sandgraft/payload.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft {

/// The most of a resource that each process may use, setrlimit(2).
struct Limit {
    static constexpr std::uint64_t unlimited = ~std::uint64_t{0};

    std::string name{};  ///< of the resource, without "RLIMIT_" in lower case, such as "nofile"
    std::uint64_t soft = unlimited;
    std::uint64_t hard = unlimited;  ///< at most what libvirt's daemon has: the start fails otherwise

    bool operator==(const Limit&) const = default;
};

/// A port of the host whose TCP connections lead to one of the sandbox's loopback. Who listens there inside is asked at
/// 127.0.0.1, then at ::1.
struct PublishedPort {
    std::string address = "127.0.0.1";  ///< of the host, IPv4 or IPv6; "0.0.0.0" and "::" are all of them
    std::uint16_t host_port = 0;        ///< 0: one that is free, new at each start; see Instance::ports()
    std::uint16_t port = 0;             ///< inside

    bool operator==(const PublishedPort&) const = default;
};

/// The whole description of a sandbox: pure data, checked when it is used.
struct Sandbox {
    std::string name{};      ///< libvirt's domain name; empty: a unique one is made at the start
    std::string root = "/";  ///< the host directory that the sandbox sees read-only as its "/"
    std::vector<Mount> mounts{};
    bool mask_secrets = true;  ///< hides default_masks() unless a mount has the same target

    std::string user{};       ///< "USER" or "USER:GROUP" of the guest, names or numbers; empty: the caller. With "/" as
                              ///< root on this machine, names of its user database too (nsswitch.conf(5))
    bool privileged = false;  ///< root inside, with privileged_capabilities(); only for user "" and root
    std::map<std::string, std::string> environment{};  ///< beside PATH, HOME, USER, SHELL, XDG_RUNTIME_DIR and so on

    std::uint64_t memory_bytes = 0;  ///< the most that it may use, swap included, from 4 MiB; 0: all that the host has
    double vcpus = 0;           ///< processors' worth of time, from 0.01 in steps of 0.00001; 0: all that the host has
    /// Processes and threads: of each user inside but root, and where the host has control groups of version 2 below
    /// systemd, of all together; 0: all that may be.
    std::uint32_t pids = 4096;
    std::vector<Limit> limits{};  ///< those that differ from what libvirt's daemon has

    std::vector<PublishedPort> ports{};  ///< at most 64

    Payload payload{};

    bool operator==(const Sandbox&) const = default;
};

/// Which kind of sandbox a host makes, as libvirt calls its driver.
enum class Driver {
    lxc,   ///< a container
    qemu,  ///< a virtual machine
};

/// What a host counts against libvirt's limit of swap: its version of control groups decides.
enum class SwapLimit {
    none,             ///< it has no such limit, or nobody knows
    memory_and_swap,  ///< version 1
    swap,             ///< version 2
};

/// What a host has that a document needs to know and no description says.
struct Capabilities {
    Driver driver = Driver::lxc;
    std::string user{};              ///< "UID:GID" that runs the command when the description names nobody
    std::uint64_t memory_bytes = 0;  ///< the host's memory
    SwapLimit swap_limit = SwapLimit::none;

    bool operator==(const Capabilities&) const = default;
};

/// What one start was given on its host.
struct Provision {
    std::string init{};  ///< the path of sandgraft-init; empty: installed_init()
    std::string root{};  ///< a directory prepared as the sandbox's root; empty: the description's root itself
    std::vector<std::string> directories{};  ///< in memory: those that libvirt has to be told to make for mount targets
    std::string uuid{};                      ///< empty: libvirt draws one; a stored document has its own

    bool operator==(const Provision&) const = default;
};

/// What this machine has for sandboxes of a kind, without asking libvirt.
SANDGRAFT_EXPORT Capabilities local_capabilities(Driver driver = Driver::lxc);

/// Where sandgraft-init is installed on this machine, or where the environment variable SANDGRAFT_INIT says. The other
/// programs of Sandgraft are beside it.
SANDGRAFT_EXPORT std::string installed_init();

/// Whether a description makes sense by itself.
/// @throws Error invalid naming the field and its value.
SANDGRAFT_EXPORT void validate(const Sandbox& sandbox);

/// The paths hidden by default: other people's files and secrets of the host. Those that a root does not have are
/// skipped.
SANDGRAFT_EXPORT const std::vector<std::string>& default_masks();

/// The capabilities, named as capabilities(7) without "CAP_" in lower case, of a privileged sandbox's command.
/// They hold in the sandbox's own user namespace; CAP_SYS_ADMIN is never among them.
SANDGRAFT_EXPORT const std::vector<std::string>& privileged_capabilities();

/// A number of bytes with an optional suffix K, M, G or T, powers of 1024 ("64M", "64MiB", "65536").
/// @throws Error invalid when it is malformed or does not fit.
SANDGRAFT_EXPORT std::uint64_t parse_size(std::string_view text);

/// A limit as docker has it, "NAME=SOFT:HARD" or "NAME=BOTH"; "unlimited" or -1 for none.
/// @throws Error invalid when it is malformed, of no resource, or the soft one is above the hard one.
SANDGRAFT_EXPORT Limit parse_limit(std::string_view text);

/// A published port as docker has it, "[ADDRESS:]HOSTPORT:PORT[/tcp]", an address of IPv6 in brackets. Without an address
/// it is that of the host's loopback, which nobody else reaches.
/// @throws Error invalid when it is malformed, or of another protocol.
SANDGRAFT_EXPORT PublishedPort parse_published_port(std::string_view text);

/// The option that parse_published_port() reads.
SANDGRAFT_EXPORT std::string to_option(const PublishedPort& port);

/// The libvirt domain document of a description.
/// @throws Error invalid when validate() does or the name is empty, unsupported when the driver cannot honour the
///         description.
SANDGRAFT_EXPORT std::string to_domain_xml(const Sandbox& sandbox, const Capabilities& capabilities,
                                           const Provision& provision = {});

/// The description in a domain document, also as virDomainGetXMLDesc returns it. Where a standard element was edited
/// since it was written, it wins over what the metadata remembers.
/// @throws Error invalid when the document is malformed, too large or not one of Sandgraft's.
SANDGRAFT_EXPORT Sandbox from_domain_xml(std::string_view document);

}  // namespace sandgraft
