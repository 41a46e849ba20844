// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz/require.hpp"
#include "wire/guest_config.hpp"

#include <sandgraft/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sandgraft;
    try {
        const auto config = wire::decode_guest_config({reinterpret_cast<const char*>(data), size});
        fuzz::require(wire::decode_guest_config(wire::encode(config)) == config,
                      "a configuration is read back as written");
    } catch (const Error&) {
    }
    return 0;
}
