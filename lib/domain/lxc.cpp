// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/lxc.hpp"

#include "base/text.hpp"
#include "domain/metadata.hpp"
#include "domain/mount_forms.hpp"
#include "domain/provision.hpp"
#include "domain/xml_writer.hpp"
#include "model/memory.hpp"
#include "model/mount_order.hpp"
#include "model/payload.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace sandgraft::domain {

namespace {

/// Init mounts another filesystem over it: this one has nothing but the targets of what is mounted below.
constexpr std::uint64_t tmp_bytes = 1024 * 1024;
/// What libvirt's protocol takes (VIR_NET_MESSAGE_STRING_MAX).
constexpr std::size_t largest_document = 4 * 1024 * 1024;
constexpr std::size_t expected_size = 6 * 1024;

void write_swap_limit(XmlWriter& out, std::uint64_t memory_bytes, SwapLimit counted) {
    if (const auto limit = swap_limit(memory_bytes, counted))
        out.open("memtune").open("swap_hard_limit").attribute("unit", "b").text(*limit).close().close();
}

void write_cputune(XmlWriter& out, double vcpus) {
    out.leaf("vcpu", static_cast<std::uint64_t>(std::max(std::ceil(vcpus), 1.0)));
    if (vcpus == 0) return;
    const auto period = static_cast<std::uint64_t>(cpu_period);
    const auto quota = static_cast<std::uint64_t>(std::llround(cpu_period * vcpus));
    out.open("cputune").leaf("period", period).leaf("quota", quota).close();
}

void write_os(XmlWriter& out) { out.open("os").leaf("type", "exe").leaf("init", guest_init).close(); }

void write_features(XmlWriter& out, std::span<const std::string_view> capabilities) {
    out.open("features").open("privnet").close();
    out.open("capabilities").attribute("policy", "deny");
    for (const auto name : capabilities) out.open(name).attribute("state", "on").close();
    out.close().close();
}

void write_events(XmlWriter& out) {
    for (const auto* event : {"on_poweroff", "on_reboot", "on_crash"}) out.leaf(event, "destroy");
}

void write_filesystems(XmlWriter& out, const Sandbox& sandbox, const std::string& init, const Written& written) {
    const auto targets = model::targets_of(sandbox.mounts);
    write_filesystem(out, {"/", HostBind{written.root}, true});
    write_filesystem(out, run_filesystem(sandbox, written));
    if (std::find(targets.begin(), targets.end(), "/tmp") == targets.end())
        write_filesystem(out, {"/tmp", Ram{tmp_bytes}, false});
    write_filesystem(out, {std::string(guest_init), HostBind{init}, true});
    std::vector<Mount> mounts;
    for (const auto& directory : written.directories) mounts.push_back(target_directory(directory));
    mounts.insert(mounts.end(), sandbox.mounts.begin(), sandbox.mounts.end());
    for (const auto& mount : model::in_mount_order(std::move(mounts))) write_filesystem(out, mount);
}

/// The first console is libvirt's and for early messages; the second, channel_console, is the channel where no socket
/// can be shared.
void write_consoles(XmlWriter& out) {
    for (int i = 0; i < 2; ++i) out.open("console").attribute("type", "pty").close();
}

std::string checked_size(std::string document, const std::string& name) {
    if (document.size() > largest_document)
        throw Error(ErrorCode::unsupported, "the arguments, environment and mounts of sandbox " + base::quote(name) +
                                                " make a document of " + std::to_string(document.size()) +
                                                " bytes, libvirt takes " + std::to_string(largest_document));
    return document;
}

}  // namespace

void check_container_name(const std::string& name) {
    constexpr std::size_t longest = 64;  // libvirt makes it the container's host name
    if (name.size() > longest)
        throw Error(ErrorCode::unsupported,
                    "sandbox name " + base::quote(name) + " is longer than the 64 bytes that a container's may have");
}

std::optional<std::uint64_t> swap_limit(std::uint64_t memory_bytes, SwapLimit counted) {
    if (memory_bytes == 0 || counted == SwapLimit::none) return std::nullopt;
    return counted == SwapLimit::swap ? 0 : memory_bytes;
}

Mount run_filesystem(const Sandbox& sandbox, const Written& written) {
    return {"/run", Ram{model::ram_shares(sandbox.mounts, written.memory_bytes).run}, false};
}

Mount target_directory(const std::string& path) {
    constexpr std::uint64_t bytes = 64 * 1024;
    return {path, Ram{bytes}, false};
}

std::string lxc_document(const Sandbox& sandbox, const Capabilities& capabilities, const Provision& provision) {
    check_container_name(sandbox.name);
    const Written written = written_for(sandbox, capabilities, provision);
    XmlWriter out(expected_size);
    out.open("domain").attribute("type", "lxc").leaf("name", std::string_view(sandbox.name));
    if (!provision.uuid.empty()) out.leaf("uuid", std::string_view(provision.uuid));
    write_metadata(out, sandbox, written);
    out.open("memory").attribute("unit", "b").text(written.memory_bytes).close();
    write_swap_limit(out, sandbox.memory_bytes, capabilities.swap_limit);
    write_cputune(out, sandbox.vcpus);
    write_os(out);
    write_features(out, model::facts_of(sandbox.payload, sandbox.privileged).init_capabilities);
    write_events(out);
    out.open("devices");
    write_filesystems(out, sandbox, provision.init, written);
    write_consoles(out);
    out.close().close();
    return checked_size(out.take(), sandbox.name);
}

}  // namespace sandgraft::domain
