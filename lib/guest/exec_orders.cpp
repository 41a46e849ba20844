// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/exec_orders.hpp"

#include <sandgraft/error.hpp>

#include <numeric>

namespace sandgraft::guest {

namespace {

constexpr std::size_t most_at_once = 2 * wire::largest_config;

}  // namespace

std::optional<std::string> ExecOrders::take(const wire::Frame& frame) {
    Order order = std::move(orders_[frame.process]);
    orders_.erase(frame.process);
    const bool last = wire::is_last_piece(frame);
    if (size() + order.receiver.size() + frame.payload.size() > most_at_once) order = {{}, true};
    if (order.refused && last)
        throw Error(ErrorCode::unsupported, "too many arguments and too much environment of processes come at once");
    auto config = order.refused ? std::nullopt : order.receiver.take(frame);
    if (!last) orders_.emplace(frame.process, std::move(order));
    return config;
}

std::size_t ExecOrders::size() const {
    return std::accumulate(orders_.begin(), orders_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& order) { return sum + order.second.receiver.size(); });
}

}  // namespace sandgraft::guest
