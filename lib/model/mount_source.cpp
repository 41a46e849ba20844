// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/mount_source.hpp"

#include "base/overload.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"

namespace sandgraft::model {

namespace {

constexpr std::uint64_t most_ram_bytes = std::uint64_t{1} << 60;
constexpr std::uint32_t permission_bits = 0777;

void check_target(const Mount& mount) {
    check_path("mount target", mount.target);
    if (const auto reason = reserved_reason(mount.target); !reason.empty())
        fail("mount target " + base::quote(mount.target) + " is refused: " + reason);
    // It stands in the hypervisor's document as it is.
    if (facts_of(mount).maker == Maker::hypervisor) check_text("mount target", mount.target);
}

void check_host_bind(const HostBind& bind) {
    check_path("source", bind.path);
    check_text("source", bind.path);
}

void check_ram(const Ram& ram, const std::string& target) {
    if (ram.bytes == 0 || ram.bytes > most_ram_bytes)
        fail("size " + std::to_string(ram.bytes) + " of mount " + base::quote(target) +
             " is not between 1 byte and 1 EiB");
}

void check_file(const File& file, const std::string& target) {
    if (file.mode > permission_bits) fail("mode of mount " + base::quote(target) + " has more than permission bits");
    if (file.content.size() > most_file_bytes)
        fail("content of mount " + base::quote(target) + " is larger than 1 MiB");
}

}  // namespace

const std::string& path_of(const Mount& mount) {
    static const std::string none;
    return std::visit(base::Overload{
                          [](const HostBind& bind) -> const std::string& { return bind.path; },
                          [](const GuestBind& bind) -> const std::string& { return bind.path; },
                          [](const Ram&) -> const std::string& { return none; },
                          [](const File&) -> const std::string& { return none; },
                          [](const Mask&) -> const std::string& { return none; },
                      },
                      mount.source);
}

std::uint64_t carried_bytes(const Mount& mount) {
    return std::visit(base::Overload{
                          [](const HostBind&) -> std::size_t { return 0; },
                          [](const GuestBind&) -> std::size_t { return 0; },
                          [](const Ram&) -> std::size_t { return 0; },
                          [](const File& file) { return file.content.size(); },
                          [](const Mask&) -> std::size_t { return 0; },
                      },
                      mount.source);
}

void check_mount(const Mount& mount) {
    check_target(mount);
    std::visit(base::Overload{
                   [](const HostBind& bind) { check_host_bind(bind); },
                   [](const GuestBind& bind) { check_path("source", bind.path); },
                   [&](const Ram& ram) { check_ram(ram, mount.target); },
                   [&](const File& file) { check_file(file, mount.target); },
                   [](const Mask&) {},
               },
               mount.source);
}

}  // namespace sandgraft::model
