// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/memory.hpp"

#include "base/text.hpp"
#include "model/checks.hpp"

#include <algorithm>

namespace sandgraft::model {

namespace {

constexpr std::uint64_t head_start = 64 * 1024 * 1024;
constexpr std::uint64_t whole = 1000;
constexpr std::uint64_t most_in_run = 32 * 1024 * 1024;

std::uint64_t ram_bytes(const Mount& mount) {
    const auto* ram = std::get_if<Ram>(&mount.source);
    return ram == nullptr ? 0 : ram->bytes;
}

}  // namespace

std::uint32_t oom_score(std::uint64_t memory_bytes) {
    if (memory_bytes <= head_start) return whole;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(head_start * whole / memory_bytes, 1));
}

RamShares ram_shares(const std::vector<Mount>& mounts, std::uint64_t memory_bytes) {
    std::uint64_t left = memory_bytes;
    for (const auto& mount : mounts) left -= std::min(ram_bytes(mount), left - memory_bytes / 2);
    const std::uint64_t run = std::min(left / 16, most_in_run);
    return {.run = run, .scratch = left / 2 - run};
}

void check_ram(const std::vector<Mount>& mounts, std::uint64_t limit) {
    std::uint64_t left = limit / 2;
    for (const auto& mount : mounts) {
        if (limit != 0 && ram_bytes(mount) > left)
            fail("the RAM filesystems are larger together than half of the memory of " + base::format_size(limit) +
                 ", at mount " + base::quote(mount.target) + " of " + base::format_size(ram_bytes(mount)));
        left -= std::min(ram_bytes(mount), left);
    }
}

}  // namespace sandgraft::model
