// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/backends.hpp"

#include "base/text.hpp"
#include "session/lxc_backend.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>

namespace sandgraft::session {

namespace {

struct Kind {
    std::string_view driver;
    const char* default_uri;
    std::unique_ptr<const Backend> (*make)(BackendPlace);
};

/// The best first.
constexpr std::array kinds = {
    Kind{"lxc", "lxc:///system", make_lxc_backend},
};

}  // namespace

std::string default_uri() { return kinds.front().default_uri; }

std::unique_ptr<const Backend> make_backend(std::string_view driver, BackendPlace place) {
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return k.driver == driver; });
    if (kind == kinds.end())
        throw Error(ErrorCode::unsupported,
                    "this version makes no sandboxes with libvirt's driver " + base::quote(driver));
    return kind->make(std::move(place));
}

}  // namespace sandgraft::session
