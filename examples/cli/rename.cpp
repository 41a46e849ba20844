// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot_unit.hpp"
#include "kept.hpp"

#include <iostream>

namespace cli {

namespace {

constexpr KeptUsage usage = {
    .usage = "rename NAME NEW",
    .text =
        "Gives a sandbox that is not running another name. Whatever was edited in its\n"
        "document stays; its UUID is a new one. Where the host's systemd starts it on boot, it\n"
        "does so with the new name.\n",
    .examples = "  sandgraft rename web web-old\n",
    .flags = {},
    .least = 2,
    .most = 2,
};

/// The new unit first: at no moment is there none.
void move_unit(const KeptRequest& request) {
    const BootUnit old(request.names[0], request.uri);
    if (!old.exists()) return;
    const BootUnit unit(request.names[1], request.uri);
    unit.make();
    old.remove();
    std::cerr << "sandgraft rename: '" << request.names[1] << "' is started on boot by " << unit.name()
              << ", no longer by " << old.name() << '\n';
}

int run(const KeptRequest& request) {
    const auto host = request.open();
    with_sandbox(host, request.names[0], [&] { host.rename(request.names[0], request.names[1]); });
    move_unit(request);
    return 0;
}

}  // namespace

int rename(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
