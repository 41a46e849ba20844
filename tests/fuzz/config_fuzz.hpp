// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "fuzz/require.hpp"

#include <sandgraft/error.hpp>

#include <string_view>

namespace sandgraft::fuzz {

/// A configuration that can be read is read back as written.
void read_back(auto decode, std::string_view text) {
    try {
        const auto config = decode(text);
        require(decode(encode(config)) == config, "a configuration is read back as written");
    } catch (const Error&) {
    }
}

}  // namespace sandgraft::fuzz
