// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kept.hpp"

namespace cli {

namespace {

constexpr KeptUsage usage = {
    .usage = "rename NAME NEW",
    .text =
        "Gives a sandbox that is not running another name. Whatever was edited in its\n"
        "document stays; its UUID is a new one.\n",
    .examples = "  sandgraft rename web web-old\n",
    .flags = {},
    .least = 2,
    .most = 2,
};

int run(const KeptRequest& request) {
    const auto host = request.open();
    with_sandbox(host, request.names[0], [&] { host.rename(request.names[0], request.names[1]); });
    return 0;
}

}  // namespace

int rename(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
