// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/frame.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace sandgraft::wire {

/// Who may send next: each process waits once, behind those that came before it.
class Turns {
public:
    void add(std::uint16_t process) {
        if (waits_.test(process)) return;
        waits_.set(process);
        queue_.push_back(process);
    }

    std::uint16_t take() {
        const auto process = queue_.front();
        queue_.pop_front();
        waits_.reset(process);
        return process;
    }

    [[nodiscard]] std::size_t size() const { return queue_.size(); }

private:
    std::deque<std::uint16_t> queue_;
    std::bitset<most_processes + 1> waits_;
};

}  // namespace sandgraft::wire
