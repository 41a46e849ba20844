// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-bury URI MODULES NAME UUID: has libvirt destroy a domain, when it is still the one of that UUID. A guard
// becomes it when whoever started the domain has gone and libvirt goes on calling it running.
#include "virt/door.hpp"

#include <exception>

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    try {
        const auto domain = sandgraft::virt::open_hypervisor(argv[1], argv[2])->lookup(argv[3]);
        if (domain->info("urn:none").uuid == argv[4]) domain->destroy();
        return 0;
    } catch (const std::exception&) {
        return 1;  // it has gone, or libvirt has: its next daemon looks for itself
    }
}
