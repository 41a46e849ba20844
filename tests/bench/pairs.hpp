// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace sandgraft::bench {

/// One of the things that are compared.
struct Contender {
    std::string name;
    std::function<void()> action;
    std::vector<double> microseconds = {};

    [[nodiscard]] double median() const {
        std::vector<double> sorted = microseconds;
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
        return sorted[sorted.size() / 2];
    }
};

/// Measures the contenders in turns, so that the machine's other load meets all of them alike; each sample is the
/// mean of `repeat` calls.
inline void measure(std::vector<Contender>& contenders, int rounds, int repeat) {
    using Clock = std::chrono::steady_clock;
    for (int round = 0; round < rounds; ++round)
        for (auto& contender : contenders) {
            const auto start = Clock::now();
            for (int i = 0; i < repeat; ++i) contender.action();
            const std::chrono::duration<double, std::micro> spent = Clock::now() - start;
            contender.microseconds.push_back(spent.count() / repeat);
        }
}

/// Prints the medians, the others' in relation to the first one's.
inline void print(const std::vector<Contender>& contenders) {
    for (const auto& contender : contenders)
        std::printf("%-28s %8.2f us   x %.2f\n", contender.name.c_str(), contender.median(),
                    contender.median() / contenders.front().median());
}

}  // namespace sandgraft::bench
