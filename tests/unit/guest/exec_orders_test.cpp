// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/exec_orders.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace sandgraft::guest;
using namespace sandgraft::wire;
using sandgraft::test::error_of;

namespace {

Frame piece(std::uint16_t process, std::string_view payload) { return {FrameType::exec, 0, process, payload}; }

constexpr std::string_view more("\0", 1);

}  // namespace

TEST_CASE("the pieces of several processes may come in turns") {
    ExecOrders orders;
    CHECK_FALSE(orders.take(piece(1, std::string("\0one", 4))));
    CHECK_FALSE(orders.take(piece(2, std::string("\0two", 4))));
    CHECK(orders.take(piece(3, "\1three")) == "three");
    CHECK(orders.take(piece(1, "\1,one")) == "one,one");
    CHECK(orders.take(piece(2, "\1,two")) == "two,two");
    CHECK(orders.take(piece(1, "\1again")) == "again");
}

TEST_CASE("a malformed piece is that of no process, and what was cancelled is forgotten") {
    ExecOrders orders;
    for (const std::string_view bad : {"", "\2x"}) {
        CHECK_FALSE(orders.take(piece(1, more)));
        CHECK(error_of([&] { (void)orders.take(piece(1, bad)); }) == "the peer sent a malformed frame 'exec'");
        CHECK_FALSE(orders.cancel(1));
    }
    CHECK_FALSE(orders.take(piece(1, std::string("\0one", 4))));
    CHECK(orders.cancel(1));
    CHECK(orders.take(piece(1, "\1two")) == "two");
}

TEST_CASE("what has come of all processes is bounded, and who is above it is refused at its last piece") {
    const std::string full = std::string(more) + std::string(max_payload - 1, 'x');
    ExecOrders orders;
    for (std::size_t sent = 0; sent + full.size() <= largest_config; sent += full.size()) {
        CHECK_FALSE(orders.take(piece(1, full)));
        CHECK_FALSE(orders.take(piece(2, full)));
    }
    for (int i = 0; i < 300; ++i) CHECK_FALSE(orders.take(piece(3, full)));
    CHECK(error_of([&] { (void)orders.take(piece(3, "\1")); }) ==
          "too many arguments and too much environment of processes come at once");
    CHECK(orders.take(piece(1, "\1"))->size() > largest_config - max_payload);
    CHECK_FALSE(orders.take(piece(3, full)));
    CHECK(orders.take(piece(3, "\1"))->size() == max_payload - 1);
}
