// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/module.hpp"

#include <memory>
#include <string>

namespace sandgraft::test {

inline std::unique_ptr<virt::Hypervisor> connect(const char* uri = "lxc:///system") {
    return std::unique_ptr<virt::Hypervisor>(sandgraft_open_hypervisor(uri));
}

/// A small container, with more elements behind its name and among its devices.
inline std::string document(const std::string& name, const std::string& init, const std::string& devices = {},
                            const std::string& more = {}) {
    return "<domain type='lxc'><name>" + name + "</name>" + more +
           "<memory unit='MiB'>64</memory><os><type>exe</type><init>" + init +
           "</init></os><devices><filesystem type='mount'><source dir='/'/><target dir='/'/></filesystem>" +
           "<console type='pty'/>" + devices + "</devices></domain>";
}

}  // namespace sandgraft::test
