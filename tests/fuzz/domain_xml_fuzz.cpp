// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz/require.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/sandbox.hpp>

#include <optional>

namespace {

std::optional<sandgraft::Sandbox> read(std::string_view document) {
    try {
        return sandgraft::from_domain_xml(document);
    } catch (const sandgraft::Error&) {
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sandgraft;
    const auto sandbox = read({reinterpret_cast<const char*>(data), size});
    if (!sandbox) return 0;
    const Capabilities host{.driver = Driver::lxc, .user = "0:0", .memory_bytes = 1 << 30};
    try {
        fuzz::require(read(to_domain_xml(*sandbox, host, {.init = "/init"})) == sandbox,
                      "a description is read back as it was written");
    } catch (const Error& error) {
        fuzz::require(error.code() == ErrorCode::unsupported, "what was read can be written");
    }
    return 0;
}
