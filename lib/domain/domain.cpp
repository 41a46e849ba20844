// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/lxc.hpp"
#include "domain/provision.hpp"
#include "domain/xml_reader.hpp"
#include "model/checks.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/sandbox.hpp>

namespace sandgraft {

namespace {

void check_host_path(const std::string& what, const std::string& path) {
    model::check_path(what, path);
    model::check_text(what, path);
}

}  // namespace

namespace domain {

void check_capabilities(const Sandbox& sandbox, const Capabilities& capabilities) {
    if (sandbox.user.empty() && !sandbox.privileged && capabilities.user.empty())
        fail("neither the sandbox nor the host names a user");
    if (sandbox.memory_bytes == 0 && capabilities.memory_bytes == 0)
        fail("neither the sandbox nor the host says how much memory there is");
}

Provision completed(const Sandbox& sandbox, const Provision& given) {
    Provision provision = given;
    if (provision.init.empty()) provision.init = installed_init();
    if (provision.root.empty()) provision.root = sandbox.root;
    check_host_path("path of sandgraft-init", provision.init);
    check_host_path("path of the prepared root", provision.root);
    return provision;
}

Written written_for(const Sandbox& sandbox, const Capabilities& capabilities, const Provision& provision) {
    return {
        .memory_bytes = sandbox.memory_bytes != 0 ? sandbox.memory_bytes : capabilities.memory_bytes,
        .root = provision.root,
        .directories = provision.directories,
    };
}

}  // namespace domain

std::string to_domain_xml(const Sandbox& sandbox, const Capabilities& capabilities, const Provision& provision) {
    validate(sandbox);
    if (sandbox.name.empty()) domain::fail("a sandbox without a name has no domain document");
    domain::check_capabilities(sandbox, capabilities);
    const Provision complete = domain::completed(sandbox, provision);
    switch (capabilities.driver) {
        case Driver::lxc: return domain::lxc_document(sandbox, capabilities, complete);
        case Driver::qemu: throw Error(ErrorCode::unsupported, "this version makes no virtual machines");
    }
    domain::fail("unknown driver " + std::to_string(static_cast<int>(capabilities.driver)));
}

}  // namespace sandgraft
