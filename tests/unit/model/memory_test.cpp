// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/memory.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace sandgraft;

namespace {

constexpr std::uint64_t mib = 1024 * 1024;

Mount ram(std::uint64_t bytes) { return {"/r" + std::to_string(bytes), Ram{bytes}, false}; }

}  // namespace

TEST_CASE("the filesystems that every sandbox has share half of what the given ones leave") {
    struct {
        std::vector<Mount> given;
        std::uint64_t memory;
        model::RamShares shares;
    } const rows[] = {
        {{}, 64 * mib, {4 * mib, 28 * mib}},
        {{}, 12288 * mib, {32 * mib, 6112 * mib}},
        {{{"/a", HostBind{"/b"}, false}, ram(16 * mib)}, 64 * mib, {3 * mib, 21 * mib}},
        {{ram(16 * mib), ram(17 * mib)}, 64 * mib, {2 * mib, 14 * mib}},
        {{ram(1024 * mib), ram(std::uint64_t{1} << 60)}, 64 * mib, {2 * mib, 14 * mib}},
        {{ram(5)}, 7, {0, 1}},
    };
    for (const auto& row : rows) CHECK(model::ram_shares(row.given, row.memory) == row.shares);
}

TEST_CASE("given RAM filesystems leave half of a limit of memory") {
    struct {
        std::vector<Mount> given;
        std::uint64_t limit;
        const char* message;
    } const rows[] = {
        {{ram(32 * mib)}, 64 * mib, "no error"},
        {{ram(std::uint64_t{1} << 60)}, 0, "no error"},
        {{ram(32 * mib), {"/x", Ram{1}, false}},
         64 * mib,
         "the RAM filesystems are larger together than half of the memory of 64M, at mount '/x' of 1"},
        {{{"/x", Ram{}, false}},
         64 * mib,
         "the RAM filesystems are larger together than half of the memory of 64M, at mount '/x' of 64M"},
    };
    for (const auto& row : rows) {
        Sandbox sandbox;
        sandbox.payload = Command{.argv = {"true"}};
        sandbox.mounts = row.given;
        sandbox.memory_bytes = row.limit;
        CHECK(test::error_of([&] { validate(sandbox); }) == row.message);
    }
}

TEST_CASE("the command is killed as if it held 64 MiB more") {
    struct {
        std::uint64_t memory;
        std::uint32_t score;
    } const rows[] = {{0, 1000},        {4 * mib, 1000},  {64 * mib, 1000},       {128 * mib, 500},
                      {1024 * mib, 62}, {12288 * mib, 5}, {1024 * 1024 * mib, 1}, {~std::uint64_t{0}, 1}};
    for (const auto& row : rows) CHECK(model::oom_score(row.memory) == row.score);
}
