// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/values.hpp"

#include "support/catch.hpp"

using namespace sandgraft::units;
using namespace std::chrono_literals;

TEST_CASE("booleans") {
    for (const auto* text : {"1", "yes", "Y", "true", "T", "On"}) CHECK(parse_boolean(text) == true);
    for (const auto* text : {"0", "no", "N", "False", "f", "OFF"}) CHECK(parse_boolean(text) == false);
    for (const auto* text : {"", "2", "yess", " yes", "enabled"}) CHECK_FALSE(parse_boolean(text));
}

TEST_CASE("time spans") {
    using Span = std::optional<std::chrono::microseconds>;
    struct Row {
        const char* text;
        Span span;
    };
    const Row rows[] = {
        {"5", 5s},
        {" 5 s ", 5s},
        {"2min 20s", 140s},
        {"2min20s", 140s},
        {"1.5h", 90min},
        {".5", 500ms},
        {"55s500ms", 55500ms},
        {"300ms20s 5day", 432020300ms},
        {"1y 12month", 31557600s + 12 * 2629800s},
        {"1M", 2629800s},
        {"1m", 60s},
        {"2w", 1209600s},
        {"7us", 7us},
        {"7\xC2\xB5s", 7us},
        {"infinity", forever},
        {" infinity ", forever},
        {"0", 0s},
        {"", std::nullopt},
        {"  ", std::nullopt},
        {"s", std::nullopt},
        {"-1", std::nullopt},
        {"1 foo", std::nullopt},
        {"1x", std::nullopt},
        {"0.-0", std::nullopt},
        {"1,5s", std::nullopt},
        {".", std::nullopt},
        {"1.", std::nullopt},
        {"5.s", std::nullopt},
        {"infinity 5", std::nullopt},
        {"999999999999999y", std::nullopt},
        {"99999999999999999999", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(parse_time_span(row.text) == row.span);
    }
}
