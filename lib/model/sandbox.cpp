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

#include <algorithm>
#include <optional>
#include <sstream>

namespace sandgraft {

namespace {

using model::check_no_nul;
using model::fail;
using model::most_mounts;

constexpr std::size_t longest_user = 256;
constexpr std::uint64_t least_memory = 4 * 1024 * 1024;
constexpr std::uint64_t most_memory = std::uint64_t{1} << 60;
constexpr double least_vcpus = 0.01;  // the kernel takes no quota below a millisecond
constexpr double most_vcpus = 16'384;
constexpr std::uint32_t most_pids = 4'194'304;  // as the kernel has it

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_user_name(std::string_view name) {
    constexpr std::string_view forbidden = ":/ ,";
    return !name.empty() && name.size() <= longest_user && name.front() != '-' && !is_number(name) &&
           name.find_first_of(forbidden) == std::string_view::npos;
}

void check_user(const Sandbox& sandbox) {
    const std::string_view user = sandbox.user;
    if (user.empty()) return;
    model::check_text("user", user);
    const auto colon = user.find(':');
    const auto is_named = [](std::string_view part) { return base::parse_id(part) || is_user_name(part); };
    if (!is_named(user.substr(0, colon)) || (colon != user.npos && !is_named(user.substr(colon + 1))))
        fail("user " + base::quote(user) + " is not USER or USER:GROUP, each a name or a number");
    if (sandbox.privileged && user != "root" && user != "0" && user != "0:0")
        fail("user " + base::quote(user) + " cannot be privileged: only root is");
}

void check_environment(const std::map<std::string, std::string>& environment) {
    for (const auto& [key, value] : environment) {
        if (key.empty() || key.find('=') != std::string::npos)
            fail("environment variable " + base::quote(key) + " has an empty name or one with '='");
        check_no_nul("environment variable", key);
        // The value may be a secret, so it is not shown.
        if (value.find('\0') != std::string::npos)
            fail("value of environment variable " + base::quote(key) + " contains a NUL byte");
    }
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
    check_user(sandbox);
    check_environment(sandbox.environment);
    check_resources(sandbox);
    model::check_ram(sandbox.mounts, sandbox.memory_bytes);
    model::check_payload(sandbox.payload);
}

std::uint64_t parse_size(std::string_view text) {
    if (const auto size = base::parse_size(text)) return *size;
    fail("size " + base::quote(text) + " is not a number of bytes such as 65536, 64K or 2G");
}

}  // namespace sandgraft
