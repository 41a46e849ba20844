// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz/config_fuzz.hpp"
#include "wire/guest_config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sandgraft::fuzz::read_back(sandgraft::wire::decode_guest_config, {reinterpret_cast<const char*>(data), size});
    return 0;
}
