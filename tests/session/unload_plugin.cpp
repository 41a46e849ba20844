// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/host.hpp>

#include <exception>

/// Over the console, whose bytes the library's own thread moves; 5 when all is well.
extern "C" __attribute__((visibility("default"))) int run_sandbox() {
    try {
        sandgraft::StartOptions options;
        options.channel = sandgraft::Channel::console;
        const sandgraft::Sandbox sandbox{.payload = sandgraft::Command{.argv = {"sh", "-c", "exit 5"}}};
        return sandgraft::Host::open().start(sandbox, options).wait().value();
    } catch (const std::exception&) {
        return -1;
    }
}
