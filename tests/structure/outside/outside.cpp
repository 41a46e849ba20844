// SPDX-License-Identifier: LGPL-2.1-or-later
// A program outside of the project. It uses the library for what needs no libvirtd, and catches what the library
// throws; with an argument it would start a sandbox, so that everything is linked.
#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>
#include <sandgraft/unit_set.hpp>

int main(int argc, char**) {
    const sandgraft::Sandbox sandbox{.name = "outside", .payload = sandgraft::Command{.argv = {"true"}}};
    if (argc > 1) return sandgraft::Host::open().start(sandbox).wait().value();
    if (sandgraft::from_domain_xml(sandgraft::to_domain_xml(sandbox, sandgraft::local_capabilities())) != sandbox)
        return 1;
    try {
        sandgraft::UnitSet({.root = "/no/such/directory"});
        return 1;
    } catch (const sandgraft::Error& error) {
        return error.code() == sandgraft::ErrorCode::not_found ? 0 : 1;
    }
}
