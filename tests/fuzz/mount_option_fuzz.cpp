// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz/require.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/mount.hpp>

#include <optional>

namespace {

std::optional<sandgraft::Mount> parse(std::string_view option) {
    try {
        return sandgraft::parse_mount(option);
    } catch (const sandgraft::Error&) {
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view option(reinterpret_cast<const char*>(data), size);
    // A file's content must come from the input and not from whatever the machine has.
    if (option.find("file") != option.npos &&
        (option.find("source") != option.npos || option.find("src") != option.npos))
        return 0;
    if (const auto mount = parse(option))
        sandgraft::fuzz::require(parse(sandgraft::to_option(*mount)) == mount,
                                 "an option is read back as it was written");
    return 0;
}
