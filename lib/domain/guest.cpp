// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/guest.hpp"

#include "base/overload.hpp"
#include "base/text.hpp"
#include "domain/mount_forms.hpp"
#include "model/limit.hpp"
#include "model/memory.hpp"
#include "model/mount_order.hpp"
#include "model/payload.hpp"

#include <algorithm>
#include <array>

namespace sandgraft::domain {

namespace {

using GuestMount = wire::GuestConfig::Mount;

/// Directories for temporary files, which share one filesystem: init makes them, where the root has them.
constexpr std::array<std::string_view, 2> private_tmps = {"/tmp", "/var/tmp"};

GuestMount private_tmp_mount(std::string_view target) {
    GuestMount mount;
    mount.action = wire::GuestConfig::Action::private_tmp;
    mount.target = target;
    mount.in_memory = true;
    return mount;
}

/// Those with a given mount above them come last: they draw it forward, and it may be a guest bind, which has to find
/// the other masks in place.
std::vector<std::string_view> masks_in_order(const std::vector<Mount>& given) {
    std::vector<std::string_view> masks(default_masks().begin(), default_masks().end());
    std::stable_partition(masks.begin(), masks.end(), [&](std::string_view mask) {
        return std::none_of(given.begin(), given.end(),
                            [&](const Mount& mount) { return base::is_below(mask, mount.target); });
    });
    return masks;
}

/// The implicit mounts that no given one replaces, then the given ones.
std::vector<GuestMount> all_mounts(const Sandbox& sandbox) {
    std::vector<GuestMount> mounts;
    mounts.reserve(private_tmps.size() + default_masks().size() + sandbox.mounts.size());
    const auto add_unless_given = [&](GuestMount mount) {
        const auto same = [&](const Mount& given) { return given.target == mount.target; };
        if (std::none_of(sandbox.mounts.begin(), sandbox.mounts.end(), same)) mounts.push_back(std::move(mount));
    };
    if (sandbox.mask_secrets)
        for (const auto path : masks_in_order(sandbox.mounts))
            add_unless_given(guest_mount({std::string(path), Mask{}, true}));
    for (const auto target : private_tmps) add_unless_given(private_tmp_mount(target));
    for (const auto& mount : sandbox.mounts) mounts.push_back(guest_mount(mount));
    return mounts;
}

std::string user_of(const Sandbox& sandbox, const Capabilities& capabilities) {
    if (sandbox.privileged) return "0:0";
    return sandbox.user.empty() ? capabilities.user : sandbox.user;
}

std::vector<std::string> assignments(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> out;
    out.reserve(environment.size());
    for (const auto& [key, value] : environment) out.push_back(key + '=' + value);
    return out;
}

/// In bytes, as far as it is known.
std::uint64_t memory_of(const Sandbox& sandbox, const Capabilities& capabilities) {
    return sandbox.memory_bytes != 0 ? sandbox.memory_bytes : capabilities.memory_bytes;
}

void tell_payload(wire::GuestConfig& config, const Payload& payload) {
    std::visit(base::Overload{
                   [&](const Command& command) {
                       config.terminal = command.terminal;
                       config.directory = command.directory;
                       config.argv = command.argv;
                   },
                   [&](const Services&) {  // the root's systemd and the units are for who can look at it
                       config.user = "0:0";
                       config.directory = "/";
                   },
               },
               payload);
}

}  // namespace

wire::GuestConfig guest_config(const Sandbox& sandbox, const Capabilities& capabilities) {
    const auto facts = model::facts_of(sandbox.payload, sandbox.privileged);
    wire::GuestConfig config;
    config.user = user_of(sandbox, capabilities);
    config.capabilities = facts.capabilities;
    config.no_new_privs = facts.no_new_privs;
    config.read_only_sys = facts.read_only_sys;
    config.oom_score = model::oom_score(memory_of(sandbox, capabilities));
    config.scratch_bytes = model::ram_shares(sandbox.mounts, memory_of(sandbox, capabilities)).scratch;
    config.processes = sandbox.pids;
    for (const auto& limit : sandbox.limits)
        config.limits.push_back(
            {static_cast<std::uint32_t>(model::resource_of(limit)), limit.soft, limit.hard, limit.name});
    config.environment = assignments(sandbox.environment);
    config.mounts = model::in_mount_order(all_mounts(sandbox));
    tell_payload(config, sandbox.payload);
    return config;
}

}  // namespace sandgraft::domain
