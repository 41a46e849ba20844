// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/door.hpp"

#include <sandgraft/error.hpp>

#include <string>

/// The error of looking for the module in a shared library's own place.
extern "C" __attribute__((visibility("default"))) const char* open_door() {
    static std::string message;
    try {
        (void)sandgraft::virt::open_hypervisor("nonsense:///", {});
    } catch (const sandgraft::Error& error) {
        message = error.what();
    }
    return message.c_str();
}
