// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::wire {

/// A user as the host's user database has it.
struct Account {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string name;
    std::string home;
    std::string shell;

    bool operator==(const Account&) const = default;
};

/// What sandgraft-init has to know, as the host sends it over the channel.
struct GuestConfig {
    /// What init does to make a mount.
    enum class Action : char {
        none = '-',         ///< the hypervisor has made it; moved above what init mounts on a parent of it
        bind = 'b',         ///< shows what the sandbox has at the path strings[0] at that point of the order
        file = 'f',         ///< writes a file of that mode and owner with the content strings[0]
        mask = 'm',         ///< hides what is at the target
        private_tmp = 't',  ///< an empty directory of mode 1777 where the target is one
    };

    /// What the target of a mount has to be.
    enum class Target : char {
        anything = 'a',   ///< or nothing: such a mount takes what is there
        directory = 'd',  ///< created where that is in memory, as for all that follow
        file = 'f',
        as_source = 's',  ///< a directory or none, as the path strings[0] is
    };

    struct Mount {
        Action action = Action::none;
        Target needs = Target::anything;
        std::string target;
        bool read_only = false;
        bool in_memory = false;  ///< targets can be created in it
        std::uint32_t mode = 0;
        std::vector<std::string> strings;  ///< what the action needs; any bytes
        bool suid = false;                 ///< setuid and setgid bits and file capabilities count in it
        bool dev = false;                  ///< its device nodes can be opened
        std::uint32_t uid = 0;
        std::uint32_t gid = 0;

        bool operator==(const Mount&) const = default;
    };

    /// As setrlimit(2) has it; the name is for messages.
    struct Limit {
        std::uint32_t resource = 0;
        std::uint64_t soft = 0;
        std::uint64_t hard = 0;
        std::string name;

        bool operator==(const Limit&) const = default;
    };

    /// A file of the unit tree.
    struct UnitFile {
        std::string path;  ///< "NAME" or "DIRECTORY/NAME"
        bool link = false;
        std::string content;  ///< the text, or where the link leads

        bool operator==(const UnitFile&) const = default;
    };

    /// What argv is the first process of a system that it brings up, instead of a command.
    struct System {
        bool alone = true;  ///< the units stand instead of those that the root has, and not before them

        bool operator==(const System&) const = default;
    };

    std::string user;                 ///< USER or USER:GROUP, each a name or a number
    bool asked_host = false;          ///< whether the host's user database was asked, too; these are its answers:
    std::vector<Account> accounts;    ///< at most one, for what /etc/passwd lacks
    std::vector<std::uint32_t> gids;  ///< at most one, for what /etc/group lacks
    std::uint64_t capabilities = 0;   ///< of the command, bit n for capability number n
    bool no_new_privs = true;         ///< for the command
    bool read_only_sys = true;        ///< makes /sys and all that is mounted in it read-only
    std::uint32_t oom_score = 0;      ///< added to that of the command, proc(5); up to 1000
    std::uint64_t scratch_bytes = 0;  ///< for all that init keeps in memory: what private_tmp and file make, /dev/shm
    std::uint64_t processes = 0;      ///< with their threads; see Sandbox::pids; 0: as it is
    std::vector<Limit> limits;
    bool terminal = false;
    std::string directory;
    std::vector<std::string> argv;
    std::vector<std::string> environment;  ///< K=V
    std::vector<Mount> mounts;             ///< in mount order
    std::vector<System> system{};          ///< at most one
    std::vector<UnitFile> units{};         ///< of the system

    bool operator==(const GuestConfig&) const = default;
};

constexpr bool is_known(GuestConfig::Action action) {
    switch (action) {
        case GuestConfig::Action::none:
        case GuestConfig::Action::bind:
        case GuestConfig::Action::file:
        case GuestConfig::Action::mask:
        case GuestConfig::Action::private_tmp: return true;
    }
    return false;
}

constexpr bool is_known(GuestConfig::Target target) {
    switch (target) {
        case GuestConfig::Target::anything:
        case GuestConfig::Target::directory:
        case GuestConfig::Target::file:
        case GuestConfig::Target::as_source: return true;
    }
    return false;
}

/// Printable ASCII: KEY=VALUE fields, each ended by a semicolon; other bytes percent-encoded, the strings of mounts in
/// base64.
std::string encode(const GuestConfig& config);

// As FieldTable wants them.
void put(std::string& out, const Account& account);
bool get(std::string_view text, Account& account);

/// @throws Error invalid naming the field; also when a field is missing, unknown or there is no command.
GuestConfig decode_guest_config(std::string_view text);

}  // namespace sandgraft::wire
