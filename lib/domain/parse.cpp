// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/parse.hpp"
#include "base/text.hpp"
#include "domain/lxc.hpp"
#include "domain/metadata.hpp"
#include "domain/mount_forms.hpp"
#include "domain/xml_reader.hpp"
#include "model/checks.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/sandbox.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace sandgraft {

namespace {

using base::quote;
using domain::child;
using domain::Reading;

/// Beside the mounts that a description may have there are a directory for each at most, and the implicit ones.
constexpr std::size_t most_filesystems = 2 * model::most_mounts + 10;

/// Devices that a container has without being asked.
constexpr std::array<std::string_view, 2> ignored_devices = {"emulator", "console"};

std::uint64_t read_memory(pugi::xml_node domain) {
    const pugi::xml_node memory = child(domain, "memory");
    return domain::scaled(memory, domain::text_of(memory), memory.attribute("unit").value());
}

/// Processors' worth of time, in the steps that lxc_document() can write; 0 where the quota is missing or negative,
/// which means no limit.
double read_vcpus(pugi::xml_node domain) {
    const pugi::xml_node cputune = domain.child("cputune");
    const pugi::xml_node quota = cputune.child("quota");
    if (!quota || domain::text_of(quota).starts_with('-')) return 0;
    const pugi::xml_node period = child(cputune, "period");
    const std::uint64_t time = domain::number(quota, domain::text_of(quota));
    const std::uint64_t span = domain::number(period, domain::text_of(period));
    if (span == 0) domain::refuse_value(period, "0", "a period");
    const double steps = std::round(static_cast<double>(time) / static_cast<double>(span) * domain::cpu_period);
    if (time != 0 && steps == 0) domain::refuse_value(quota, domain::text_of(quota), "a quota for this period");
    return steps / domain::cpu_period;
}

/// Takes the root out of the filesystems.
void set_root(Reading& reading, const Mount& mount) {
    const auto* bind = std::get_if<HostBind>(&mount.source);
    if (bind == nullptr || !mount.read_only)
        domain::fail("the filesystem at '/' is not a read-only directory of the host");
    if (!reading.sandbox.root.empty()) domain::fail("there is more than one filesystem at '/'");
    reading.sandbox.root = bind->path;
}

void read_devices(pugi::xml_node devices, Reading& reading) {
    reading.sandbox.root.clear();
    for (const pugi::xml_node node : devices) {
        const std::string_view name = node.name();
        if (std::find(ignored_devices.begin(), ignored_devices.end(), name) != ignored_devices.end()) continue;
        if (name != "filesystem") domain::fail("it has a device " + quote(name) + ", which a sandbox cannot have");
        Mount mount = domain::read_filesystem(node);
        if (mount.target == "/")
            set_root(reading, mount);
        else
            reading.filesystems.push_back({.mount = std::move(mount)});
        if (reading.filesystems.size() > most_filesystems)
            domain::fail("there are more than " + std::to_string(most_filesystems) + " filesystems");
    }
    if (reading.sandbox.root.empty()) domain::fail("there is no filesystem at '/'");
}

bool is_implicit(const Mount& mount) {
    return mount.target == "/run" || mount.target == domain::guest_init ||
           (mount.target == "/tmp" && std::holds_alternative<Ram>(mount.source));
}

/// Filesystems that were added to the document by hand come behind those that the metadata lists.
void add_unlisted(Reading& reading) {
    for (auto& [mount, listed] : reading.filesystems)
        if (!listed && !is_implicit(mount)) reading.sandbox.mounts.push_back(std::move(mount));
}

Sandbox read_sandbox(pugi::xml_node domain, std::string name) {
    Reading reading;
    reading.sandbox.name = std::move(name);
    const pugi::xml_node description = domain::description_in(domain);
    if (!description) domain::fail("it was not made by Sandgraft");
    if (const std::string_view type = domain.attribute("type").value(); type != "lxc")
        domain::refuse_value(domain, type, "a type of domain that this version makes");
    reading.sandbox.memory_bytes = read_memory(domain);
    reading.sandbox.vcpus = read_vcpus(domain);
    read_devices(child(domain, "devices"), reading);
    domain::read_metadata(description, reading);
    add_unlisted(reading);
    validate(reading.sandbox);
    return std::move(reading.sandbox);
}

}  // namespace

namespace domain {

pugi::xml_node domain_element(const pugi::xml_document& document) {
    const pugi::xml_node domain = document.document_element();
    if (std::string_view(domain.name()) != "domain")
        fail("document element is " + quote(domain.name()) + ", not 'domain'");
    for (pugi::xml_node next = domain.next_sibling(); next; next = next.next_sibling())
        if (next.type() == pugi::node_element) fail("domain document goes on with " + quote(next.name()));
    return domain;
}

Sandbox read_domain(pugi::xml_node domain) {
    std::string name = text_of(child(domain, "name"));
    if (name.empty()) fail("the domain has no name");
    try {
        return read_sandbox(domain, name);
    } catch (const Error& error) {
        throw error.within("domain " + quote(name));
    }
}

}  // namespace domain

Sandbox from_domain_xml(std::string_view document) {
    pugi::xml_document parsed;
    domain::load(parsed, document);
    return domain::read_domain(domain::domain_element(parsed));
}

}  // namespace sandgraft
