// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/memory.hpp"

#include "support/catch.hpp"

using namespace sandgraft;

constexpr std::uint64_t mib = 1024 * 1024;

TEST_CASE("the command is killed as if it held 64 MiB more") {
    struct {
        std::uint64_t memory;
        std::uint32_t score;
    } const rows[] = {{0, 1000},        {4 * mib, 1000},  {64 * mib, 1000},       {128 * mib, 500},
                      {1024 * mib, 62}, {12288 * mib, 5}, {1024 * 1024 * mib, 1}, {~std::uint64_t{0}, 1}};
    for (const auto& row : rows) CHECK(model::oom_score(row.memory) == row.score);
}
