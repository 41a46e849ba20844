// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/stored.hpp"

#include "base/text.hpp"
#include "domain/reading.hpp"
#include "domain/stored.hpp"
#include "session/host.hpp"
#include "session/published_ports.hpp"

#include <sandgraft/error.hpp>

namespace sandgraft {

namespace {

using base::quote;
using session::find_kept;
using session::Kept;

std::unique_ptr<virt::Domain> lookup(const virt::Hypervisor& hypervisor, const std::string& name) {
    try {
        return hypervisor.lookup(name);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::not_found) throw;
        throw Error(ErrorCode::not_found, "there is no sandbox " + quote(name));
    }
}

Kept find_stopped(const virt::Hypervisor& hypervisor, const std::string& name) {
    Kept kept = find_kept(hypervisor, name);
    if (kept.info.active) throw Error(ErrorCode::wrong_state, "the sandbox " + quote(name) + " is running");
    return kept;
}

/// A description that a newer Sandgraft wrote is listed too.
Payload payload_in(const std::string& metadata) {
    try {
        return domain::read_stored_payload(metadata);
    } catch (const Error&) {
        return {};
    }
}

SandboxInfo info_of(const virt::DomainInfo& domain) {
    return {.name = domain.name,
            .uuid = domain.uuid,
            .state = domain.active ? SandboxInfo::State::running : SandboxInfo::State::stopped,
            .defined = domain.defined,
            .ports = domain.active ? session::ports_of_keeper(domain.name) : std::vector<PublishedPort>{},
            .payload = payload_in(domain.metadata)};
}

/// Takes away a definition that shall not be, as far as that is possible.
void take_back(const virt::Hypervisor& hypervisor, const std::string& name) noexcept {
    try {
        hypervisor.lookup(name)->undefine();
    } catch (const std::exception&) {
        // What is thrown already says more.
    }
}

/// Somebody may have started it meanwhile, and it would end with nothing left of it.
void undefine_stopped(const virt::Hypervisor& hypervisor, const Kept& kept, const std::string& document) {
    kept.domain->undefine();
    try {
        if (!kept.domain->info(domain::xml_namespace).active) return;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::not_found) return;
        throw;
    }
    hypervisor.define(document, kept.info.name);
    throw Error(ErrorCode::wrong_state, "the sandbox " + quote(kept.info.name) + " is running");
}

}  // namespace

Kept session::find_kept(const virt::Hypervisor& hypervisor, const std::string& name) {
    Kept kept{lookup(hypervisor, name), {}};
    kept.info = kept.domain->info(domain::xml_namespace);
    if (!kept.info.metadata.empty()) return kept;
    throw Error(ErrorCode::not_found, "there is no sandbox " + quote(name) +
                                          ": the domain of this name was not made by Sandgraft, and is left alone");
}

void Host::define(const Sandbox& sandbox) const {
    const std::string document = to_domain_xml(sandbox, capabilities(), {.init = impl_->init});
    impl_->connection.hypervisor().define(document, sandbox.name);
}

std::vector<SandboxInfo> Host::list() const {
    std::vector<SandboxInfo> sandboxes;
    for (const auto& domain : impl_->connection.hypervisor().list(domain::xml_namespace))
        if (!domain.metadata.empty()) sandboxes.push_back(info_of(domain));
    return sandboxes;
}

StoredSandbox Host::find(const std::string& name) const {
    const Kept kept = find_kept(impl_->connection.hypervisor(), name);
    std::string document = kept.document();
    domain::Stored stored = domain::read_stored(document);
    return {.info = info_of(kept.info),
            .description = std::move(stored.sandbox),
            .foreign = std::move(stored.foreign),
            .document = std::move(document)};
}

void Host::undefine(const std::string& name) const {
    const auto& hypervisor = impl_->connection.hypervisor();
    const Kept kept = find_stopped(hypervisor, name);
    undefine_stopped(hypervisor, kept, kept.document());
}

void Host::rename(const std::string& name, const std::string& new_name) const {
    const auto& hypervisor = impl_->connection.hypervisor();
    const Kept kept = find_stopped(hypervisor, name);
    const std::string document = kept.document();
    hypervisor.define(domain::renamed(document, new_name), new_name);
    try {
        undefine_stopped(hypervisor, kept, document);
    } catch (const Error&) {
        take_back(hypervisor, new_name);
        throw;
    }
}

void Host::clone(const std::string& name, const std::string& new_name) const {
    const auto& hypervisor = impl_->connection.hypervisor();
    const Kept kept = find_kept(hypervisor, name);
    std::string document = kept.document();
    if (!kept.info.defined) document = domain::provisioned(document, {.init = impl_->init}, capabilities());
    hypervisor.define(domain::cloned(document, new_name), new_name);
}

void Host::destroy(const std::string& name) const { find_kept(impl_->connection.hypervisor(), name).domain->destroy(); }

std::string_view to_string(SandboxInfo::State state) {
    switch (state) {
        case SandboxInfo::State::stopped: return "stopped";
        case SandboxInfo::State::running: return "running";
    }
    return "";
}

}  // namespace sandgraft
