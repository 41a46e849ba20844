// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/encoding.hpp"

#include "support/catch.hpp"

using namespace sandgraft::base;

TEST_CASE("percent-encoding leaves nothing that XML or a separator would change") {
    struct Row {
        std::string plain;
        const char* encoded;
    };
    const Row rows[] = {
        {"", ""},
        {"plain-Text_1:2=3,/~", "plain-Text_1:2=3,/~"},
        {"a b\n", "a%20b%0A"},
        {"100%", "100%25"},
        {"<&>\"';", "%3C%26%3E%22%27%3B"},
        {std::string("\0\x7F\xFF", 3), "%00%7F%FF"},
    };
    for (const auto& row : rows) {
        std::string out;
        append_percent(out, row.plain);
        CHECK(out == row.encoded);
        CHECK(parse_percent(out) == row.plain);
    }
    CHECK(parse_percent("%c3%a4") == "\xC3\xA4");
    for (const char* text : {"%", "a%", "%4", "%4g", "%g4", "%%41"}) CHECK(parse_percent(text) == std::nullopt);
}

TEST_CASE("base64 as RFC 4648 has it") {
    const std::pair<std::string, const char*> rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"foobar", "Zm9vYmFy"},
        {std::string("\0\xFF\xFE", 3), "AP/+"},
    };
    for (const auto& [plain, encoded] : rows) {
        std::string out;
        append_base64(out, plain);
        CHECK(out == encoded);
        CHECK(parse_base64(encoded) == plain);
    }
    // Cut short, a foreign character, padding in the middle, too much of it, and bits beyond the last byte.
    for (const char* text : {"Z", "Zg=", "Zm9", "Zm9*", "Zg==Zg==", "====", "Z===", "Zh==", "Zm9=", "Zm 9"})
        CHECK(parse_base64(text) == std::nullopt);
}
