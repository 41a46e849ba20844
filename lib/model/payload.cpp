// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/payload.hpp"

#include "base/overload.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>

namespace sandgraft::model {

namespace {

using base::quote;

/// By their numbers, as in linux/capability.h.
constexpr std::array<std::string_view, 41> capability_names = {
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
};

constexpr CapabilitySet all_capabilities = (CapabilitySet{1} << capability_names.size()) - 1;

/// Capabilities of a file on a graft count outside, as long as root inside is root outside.
constexpr CapabilitySet setfcap = CapabilitySet{1} << 31;
static_assert(capability_names[31] == "setfcap");

/// What init needs to make a user namespace of its own and to become the user of the command. It mounts in that
/// namespace; CAP_SYS_ADMIN in the host's would let it turn read-only mounts writable.
constexpr std::array<std::string_view, 3> init_capabilities = {"setuid", "setgid", "setfcap"};

void check_command(const Command& command) {
    if (command.argv.empty()) fail("the sandbox has no command");
    for (const auto& argument : command.argv) check_no_nul("argument", argument);
    check_no_nul("working directory", command.directory);
    if (!command.directory.starts_with('/'))
        fail("working directory " + quote(command.directory) + " is not an absolute path");
}

/// The rest of what a unit can be called is known where units are.
void check_unit_name(const std::string& what, std::string_view name) {
    if (name.empty()) fail(what + " has no name");
    check_no_nul(what, name);
    if (name.find('/') != std::string_view::npos) fail(what + " " + quote(name) + " contains a slash");
}

struct EditParts {
    bool other;
    bool text;
};

EditParts parts_of(UnitEdit::Kind kind) {
    switch (kind) {
        case UnitEdit::Kind::add:
        case UnitEdit::Kind::replace: return {.other = false, .text = true};
        case UnitEdit::Kind::add_drop_in: return {.other = true, .text = true};
        case UnitEdit::Kind::want:
        case UnitEdit::Kind::require: return {.other = true, .text = false};
        case UnitEdit::Kind::mask:
        case UnitEdit::Kind::remove: return {.other = false, .text = false};
    }
    fail("unknown kind of unit edit " + std::to_string(static_cast<int>(kind)));
}

void check_edit(const UnitEdit& edit) {
    const auto [other, text] = parts_of(edit.kind);
    check_unit_name("changed unit", edit.unit);
    if (other) check_unit_name("what the change of unit " + quote(edit.unit) + " names", edit.other);
    if (!other && !edit.other.empty())
        fail("the change of unit " + quote(edit.unit) + " names " + quote(edit.other) + ", and its kind does not");
    if (!text && !edit.text.empty())
        fail("the change of unit " + quote(edit.unit) + " has a text, and its kind has none");
    if (edit.text.find('\0') != std::string::npos)
        fail("the text for unit " + quote(edit.unit) + " contains a NUL byte");
}

void check_services(const Services& services) {
    if (services.goals.empty()) fail("the sandbox has no unit to boot into");
    for (const auto& goal : services.goals) check_unit_name("goal", goal);
    for (const auto& edit : services.changes) check_edit(edit);
}

}  // namespace

CapabilitySet capability_set(std::span<const std::string> names) {
    CapabilitySet set = 0;
    for (const auto& name : names) {
        const auto found = std::find(capability_names.begin(), capability_names.end(), name);
        if (found == capability_names.end()) fail("there is no capability " + quote(name));
        set |= CapabilitySet{1} << (found - capability_names.begin());
    }
    return set;
}

PayloadFacts facts_of(const Payload& payload, bool privileged) {
    return std::visit(base::Overload{
                          [&](const Command&) {
                              return PayloadFacts{
                                  .init_capabilities = init_capabilities,
                                  .capabilities = privileged ? capability_set(privileged_capabilities()) : 0};
                          },
                          // systemd counts on all others in a container, and writes its control groups.
                          [](const Services&) {
                              return PayloadFacts{.init_capabilities = init_capabilities,
                                                  .capabilities = all_capabilities & ~setfcap,
                                                  .no_new_privs = false,
                                                  .read_only_sys = false};
                          },
                      },
                      payload);
}

bool has_terminal(const Payload& payload) {
    return std::visit(
        base::Overload{[](const Command& command) { return command.terminal; }, [](const Services&) { return true; }},
        payload);
}

void check_payload(const Payload& payload) {
    std::visit(base::Overload{[](const Command& command) { check_command(command); },
                              [](const Services& services) { check_services(services); }},
               payload);
}

}  // namespace sandgraft::model
