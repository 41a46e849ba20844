// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/undertaker.hpp"

#include "root/apart.hpp"

namespace sandgraft::root {

base::Fd start_undertaker(const std::string& guard, const Burial& burial) {
    auto [end, lease] = base::make_pipe();
    std::vector<std::string> words{burial.sign, burial.watchman, burial.program};
    words.insert(words.end(), burial.arguments.begin(), burial.arguments.end());
    start_apart({.path = guard, .arguments = std::move(words), .descriptors = {end.get(), end.get()}});
    return std::move(lease);
}

}  // namespace sandgraft::root
