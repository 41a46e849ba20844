// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.hpp"

#include "support/catch.hpp"

using namespace sandgraft::base;

TEST_CASE("sizes take binary suffixes and refuse overflow") {
    struct Row {
        const char* text;
        std::optional<std::uint64_t> size;
    };
    const Row rows[] = {
        {"0", 0},
        {"64", 64},
        {"64K", 65536},
        {"64k", 65536},
        {"64m", 67108864},
        {"2gb", std::nullopt},
        {"2g", 2147483648},
        {"1MiB", 1048576},
        {"2GB", 2147483648},
        {"16T", 17592186044416},
        {"18446744073709551615", 18446744073709551615ULL},
        {"18446744073709551616", std::nullopt},
        {"16777216T", std::nullopt},
        {"", std::nullopt},
        {"M", std::nullopt},
        {"-1", std::nullopt},
        {" 1", std::nullopt},
        {"1 M", std::nullopt},
        {"1.5G", std::nullopt},
        {"1MM", std::nullopt},
        {"0x10", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(parse_size(row.text) == row.size);
    }
}

TEST_CASE("a size is written as it is read, and short") {
    const std::pair<std::uint64_t, const char*> rows[] = {
        {0, "0"},
        {1000, "1000"},
        {1536, "1536"},
        {1536 << 10, "1536K"},
        {64 << 20, "64M"},
        {~0ULL, "18446744073709551615"},
        {1ULL << 60, "1048576T"},
    };
    for (const auto& [bytes, text] : rows) {
        CHECK(format_size(bytes) == text);
        CHECK(parse_size(text) == bytes);
    }
}

TEST_CASE("octal numbers") {
    CHECK(parse_octal("0644") == 0644);
    CHECK(parse_octal("37777777777") == 0xFFFFFFFF);
    for (const char* text : {"", "8", "-1", "0o7", "40000000000", " 7"}) CHECK(parse_octal(text) == std::nullopt);
    CHECK(format_octal(0) == "0");
    CHECK(format_octal(0xFFFFFFFF) == "37777777777");
}

TEST_CASE("split keeps empty pieces") {
    CHECK(split("", ',') == std::vector<std::string_view>{""});
    CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
}

TEST_CASE("a path is below another only at a slash") {
    CHECK(is_below("/a/b", "/a"));
    CHECK(is_below("/a/b/c", "/a"));
    CHECK(is_below("/a", "/"));
    CHECK_FALSE(is_below("/", "/"));
    CHECK_FALSE(is_below("/a", "/a"));
    CHECK_FALSE(is_below("/ab", "/a"));
    CHECK_FALSE(is_below("/b/a", "/a"));
}

TEST_CASE("the directory of a path") {
    CHECK(parent_of("/a/b/c") == "/a/b");
    CHECK(parent_of("/a") == "/");
    CHECK(parent_of("/") == "/");
}

TEST_CASE("trim") {
    CHECK(trim(" \t a b\r\n") == "a b");
    CHECK(trim(" \n").empty());
}

TEST_CASE("UTF-8 is checked as RFC 3629 has it") {
    CHECK(is_utf8("plain"));
    CHECK(is_utf8("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
    CHECK_FALSE(is_utf8("\xC0\xAF"));          // overlong
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
    CHECK_FALSE(is_utf8("\xE2\x82"));          // cut short
    CHECK_FALSE(is_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("quoted text is safe to print") {
    CHECK(quote("a b") == "'a b'");
    CHECK(quote("a\x1B[0m\xFF") == "'a\\x1b[0m\\xff'");
    CHECK(quote(std::string(1000, 'x')).size() < 260);
}

TEST_CASE("JSON strings") {
    CHECK(json_string("a\"b\\c\n\x01") == R"("a\"b\\c\n\u0001")");
    CHECK(json_string("\xFF") == "\"\xEF\xBF\xBD\"");
}
