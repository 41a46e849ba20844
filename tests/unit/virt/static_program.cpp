// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that is linked with -static is told that it cannot connect, instead of ending by a signal in the module.
#include "virt/door.hpp"

#include <sandgraft/error.hpp>

#include <cstdio>
#include <string_view>

int main(int, char** arguments) {
    try {
        (void)sandgraft::virt::open_hypervisor("lxc:///system", arguments[1]);
    } catch (const sandgraft::Error& error) {
        std::puts(error.what());
        return error.code() == sandgraft::ErrorCode::unsupported &&
                       std::string_view(error.what()).starts_with("a program that is linked with -static cannot ")
                   ? 0
                   : 1;
    }
    return 1;
}
