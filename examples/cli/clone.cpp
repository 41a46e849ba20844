// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot_unit.hpp"
#include "kept.hpp"

#include <iostream>

namespace cli {

namespace {

constexpr KeptUsage usage = {
    .usage = "clone NAME NEW",
    .text =
        "Keeps another sandbox that is like this one, with whatever was edited in its\n"
        "document, but for the name, the UUID and the addresses of network interfaces. It\n"
        "may be running, also as that of a 'sandgraft run'. It is not started on boot.\n",
    .examples = "  sandgraft clone web web-test\n",
    .flags = {},
    .least = 2,
    .most = 2,
};

int run(const KeptRequest& request) {
    const auto host = request.open();
    with_sandbox(host, request.names[0], [&] { host.clone(request.names[0], request.names[1]); });
    if (BootUnit(request.names[0], request.uri).exists())
        std::cerr << "sandgraft clone: '" << request.names[1] << "' is not started on boot, as '" << request.names[0]
                  << "' is\n";
    return 0;
}

}  // namespace

int clone(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
