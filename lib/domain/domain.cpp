// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/lxc.hpp"
#include "domain/xml_reader.hpp"
#include "model/checks.hpp"

#include <sandgraft/sandbox.hpp>

namespace sandgraft {

namespace {

void check_host_path(const std::string& what, const std::string& path) {
    model::check_path(what, path);
    model::check_text(what, path);
}

void check_capabilities(const Sandbox& sandbox, const Capabilities& capabilities) {
    check_host_path("path of sandgraft-init", capabilities.init);
    if (!capabilities.root_view.empty()) check_host_path("path of the root's view", capabilities.root_view);
    if (sandbox.user.empty() && !sandbox.privileged && capabilities.user.empty())
        domain::fail("neither the sandbox nor the host names a user");
    if (sandbox.memory_bytes == 0 && capabilities.memory_bytes == 0)
        domain::fail("neither the sandbox nor the host says how much memory there is");
}

}  // namespace

std::string to_domain_xml(const Sandbox& sandbox, const Capabilities& capabilities) {
    validate(sandbox);
    if (sandbox.name.empty()) domain::fail("a sandbox without a name has no domain document");
    check_capabilities(sandbox, capabilities);
    switch (capabilities.driver) {
        case Driver::lxc: return domain::lxc_document(sandbox, capabilities);
    }
    domain::fail("unknown driver " + std::to_string(static_cast<int>(capabilities.driver)));
}

}  // namespace sandgraft
