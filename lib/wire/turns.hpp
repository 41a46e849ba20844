// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/frame.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace sandgraft::wire {

/// Who may send next: each number waits once, behind those that came before it.
class Turns {
public:
    void add(std::uint16_t number) {
        if (waits_.test(number)) return;
        waits_.set(number);
        queue_.push_back(number);
    }

    std::uint16_t take() {
        const auto number = queue_.front();
        queue_.pop_front();
        waits_.reset(number);
        return number;
    }

    [[nodiscard]] std::size_t size() const { return queue_.size(); }

private:
    std::deque<std::uint16_t> queue_;
    std::bitset<highest_number + 1> waits_;
};

}  // namespace sandgraft::wire
