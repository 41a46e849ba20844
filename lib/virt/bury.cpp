// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-bury URI MODULES NAME UUID: has libvirt destroy and forget a domain, when it is still the one of that UUID.
// A guard becomes it when whoever started the domain has gone and libvirt goes on calling it running, or its daemon was
// restarted meanwhile. Where there is no daemon now, it waits for one: ten minutes.
#include "virt/door.hpp"

#include <sandgraft/error.hpp>

#include <chrono>
#include <thread>

namespace {

using namespace sandgraft;

std::shared_ptr<const virt::Hypervisor> open_in_time(const char* uri, const char* modules) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(10);
    for (;;) {
        try {
            return virt::open_hypervisor(uri, modules);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::hypervisor || std::chrono::steady_clock::now() > deadline) throw;
        }
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    try {
        const auto domain = open_in_time(argv[1], argv[2])->lookup(argv[3]);
        if (domain->info("urn:none").uuid == argv[4]) domain->destroy();
        return 0;
    } catch (const std::exception&) {
        return 1;  // mostly since it has gone
    }
}
