// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/sandbox.hpp>

#include "base/id.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"
#include "model/limit.hpp"
#include "model/memory.hpp"
#include "model/mount_order.hpp"
#include "model/mount_source.hpp"
#include "model/payload.hpp"
#include "model/program.hpp"
#include "model/published_port.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

namespace sandgraft {

namespace {

using model::fail;
using model::most_mounts;

constexpr std::uint64_t least_memory = 4 * 1024 * 1024;
constexpr std::uint64_t most_memory = std::uint64_t{1} << 60;
constexpr double least_vcpus = 0.01;  // the kernel takes no quota below a millisecond
constexpr double most_vcpus = 16'384;
constexpr std::uint32_t most_pids = 4'194'304;  // as the kernel has it

void check_privileged(const Sandbox& sandbox) {
    const std::string& user = sandbox.user;
    if (sandbox.privileged && !user.empty() && user != "root" && user != "0" && user != "0:0")
        fail("user " + base::quote(user) + " cannot be privileged: only root is");
}

/// Units say themselves who runs them.
void check_who(const Sandbox& sandbox) {
    model::check_user(sandbox.user);
    check_privileged(sandbox);
    if (!std::holds_alternative<Services>(sandbox.payload)) return;
    if (!sandbox.user.empty()) fail("user " + base::quote(sandbox.user) + " cannot run systemd, which is root's");
    if (sandbox.privileged) fail("a sandbox that boots systemd has no command to be privileged");
}

void check_resources(const Sandbox& sandbox) {
    const auto memory = sandbox.memory_bytes;
    if (memory != 0 && (memory < least_memory || memory > most_memory))
        fail("memory of " + std::to_string(memory) + " bytes is not between 4 MiB and 1 EiB");
    // Written so that what is no number fails too.
    if (!(sandbox.vcpus == 0 || (sandbox.vcpus >= least_vcpus && sandbox.vcpus <= most_vcpus))) {
        std::ostringstream message;
        message << "the number of processors " << sandbox.vcpus << " is not between " << least_vcpus << " and "
                << most_vcpus;
        fail(message.str());
    }
    if (sandbox.pids > most_pids)
        fail(std::to_string(sandbox.pids) + " processes are more than " + std::to_string(most_pids));
    model::check_limits(sandbox.limits);
}

void check_nesting(const std::vector<Mount>& mounts) {
    const auto parent = model::parents(model::targets_of(mounts));
    for (std::size_t i = 0; i < mounts.size(); ++i) {
        if (parent[i] == model::no_parent) continue;
        const Mount& outer = mounts[parent[i]];
        if (outer.target == mounts[i].target) fail("mount target " + base::quote(outer.target) + " is given twice");
        if (model::facts_of(outer).target == model::TargetKind::file)
            fail("mount target " + base::quote(mounts[i].target) + " lies in " + base::quote(outer.target) +
                 ", which is a file");
    }
}

void check_mounts(const std::vector<Mount>& mounts) {
    if (mounts.size() > most_mounts)
        fail(std::to_string(mounts.size()) + " mounts are more than " + std::to_string(most_mounts));
    std::uint64_t carried = 0;
    for (const auto& mount : mounts) {
        model::check_mount(mount);
        carried += model::carried_bytes(mount);
        if (carried > model::most_file_bytes)
            fail("the files are larger than 1 MiB together, at mount " + base::quote(mount.target));
    }
    check_nesting(mounts);
}

}  // namespace

void validate(const Sandbox& sandbox) {
    model::check_name(sandbox.name);
    model::check_path("root", sandbox.root);
    model::check_text("root", sandbox.root);
    check_mounts(sandbox.mounts);
    check_who(sandbox);
    model::check_environment(sandbox.environment);
    check_resources(sandbox);
    model::check_ram(sandbox.mounts, sandbox.memory_bytes);
    model::check_ports(sandbox.ports);
    model::check_payload(sandbox.payload);
}

std::uint64_t parse_size(std::string_view text) {
    if (const auto size = base::parse_size(text)) return *size;
    fail("size " + base::quote(text) + " is not a number of bytes such as 65536, 64K or 2G");
}

}  // namespace sandgraft
