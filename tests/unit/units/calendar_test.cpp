// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/calendar.hpp"

#include "support/catch.hpp"

using sandgraft::units::is_calendar_expression;

namespace {

bool is_zone(std::string_view name) { return name == "Europe/Berlin" || name == "CET"; }

constexpr const char* valid[] = {
    "daily",
    "DAILY",
    "minutely",
    "semi-annually",
    "anually",
    "Mon",
    "mon",
    "Monday",
    "Mon..Fri",
    "Mon-Fri",
    "Mon,",
    "Mon,Wed..Fri",
    "Mon..Fri 10:00",
    "Mon,Tue *-*-*",
    "*-*-* 00:00:00",
    "*:0/15",
    "*:*:*",
    "*:*",
    "10:5",
    "1-1",
    "*-*~1",
    "*-02~03",
    "*-*~7/1",
    "*-*",
    "5..5:00",
    "*-1,3,5-*",
    "2020-02-30",
    "2020..2025-1-1",
    "20-1-1",
    "69-1-1",
    "70-1-1",
    "99-1-1",
    "2199-12-31",
    "1/2-1",
    "12:00:00.5",
    "*-*-* 1:2:3.1234567",
    "*-*-* *:*:0/0.5",
    "*:*:0..30",
    "*:*:0..30/5",
    "*:0..30/40",
    "5..7:00",
    "hourly UTC",
    "hourly utc",
    "daily Europe/Berlin",
    "Mon 10:00 CET",
    "@1234567",
    "@7258118399",
    "*-*-1..31",
    "00:00:59.999999",
    "1..2,4..6:00",
    "2020-*-1/5",
    "Mon  10:00",
    "Sun,Sat 1:1",
};

constexpr const char* invalid[] = {
    "",
    " ",
    "bad",
    "Mond",
    "Mon..",
    "Mon..Foo",
    "Mon 25:00",
    "*-13-1",
    "*-1-32",
    "*-0-1",
    "60:00",
    "10:60",
    "*",
    "*-*~1/7",
    "10",
    ":",
    "*:",
    "1..",
    "00:00/0",
    "now",
    "tomorrow",
    "1969-1-1",
    "2200-1-1",
    "*-*-* 5..3:00",
    ",",
    "Sat Mon",
    "Mon *",
    "Mon UTC UTC",
    "*-*-* *:*:*/0.5",
    "weekly monthly",
    "@",
    "@1.5",
    "@7258118400",
    "@12 10:00",
    "*-*~0",
    "*-*~29",
    "*-*~32",
    "*-*-*-*",
    "*-*-*T00:00",
    "daily Nowhere/Land",
    "utc",
    "Fri..Mon",
    "*:*:60",
    "*:*:0..0.5",
    "*:*:1.",
    "*:*:1..",
    "5/30:00",
    "*-*-31/31",
    "99999999999-1-1",
    "*-~1-1",
    "Mon.Tue",
    "Mon;Tue",
    "-1-1",
    "1-2-3-4",
};

}  // namespace

TEST_CASE("calendar expressions") {
    for (const auto* text : valid) {
        INFO(text);
        CHECK(is_calendar_expression(text, is_zone));
    }
    for (const auto* text : invalid) {
        INFO(text);
        CHECK_FALSE(is_calendar_expression(text, is_zone));
    }
}
