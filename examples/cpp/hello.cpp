// SPDX-License-Identifier: LGPL-2.1-or-later
// The first example of the README: runs a command in a sandbox and exits with its status.
#include <sandgraft/host.hpp>

int main() {
    const sandgraft::Sandbox sandbox{.payload = sandgraft::Command{.argv = {"sh", "-c", "id; ls -A / /home"}}};
    return sandgraft::Host::open().start(sandbox, {.streams = {.input = 0, .output = 1, .error = 2}}).wait().value();
}
