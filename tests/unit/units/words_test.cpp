// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/words.hpp"

#include "units/settings/commands.hpp"

#include "support/catch.hpp"

using namespace sandgraft::units;
using Words = std::optional<std::vector<std::string>>;

namespace {
struct Row {
    const char* text;
    Words words;
};
}  // namespace

TEST_CASE("words of an Exec line: quotes and C escapes") {
    const Row rows[] = {
        {"", Words{std::in_place}},
        {"  a\tb  c ", {{"a", "b", "c"}}},
        {"'a b' \"c d\"", {{"a b", "c d"}}},
        {"a'b c'd", {{"ab cd"}}},
        {"'' \"\"", {{"", ""}}},
        {"\"it's\" 'say \"x\"'", {{"it's", "say \"x\""}}},
        {R"(a\ b)", std::nullopt},
        {R"(a\sb \x41 \101 \n)", {{"a b", "A", "A", "\n"}}},
        {R"(\u00e4 \U0001F600)", {{"\xC3\xA4", "\xF0\x9F\x98\x80"}}},
        {R"("\"" '\'' \\)", {{"\"", "'", "\\"}}},
        {R"(\x00)", std::nullopt},
        {R"(\400)", std::nullopt},
        {R"(\ud800)", Words{{"\xED\xA0\x80"}}},
        {R"(\U0000d800)", std::nullopt},
        {R"(\q)", std::nullopt},
        {"'a", std::nullopt},
        {"a\\", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(split_words(row.text, exec_words) == row.words);
    }
}

TEST_CASE("words of a dependency keep their backslashes and quotes") {
    CHECK(split_words(R"(dev-disk-by\x2duuid.device "a.service")", unit_name_words) ==
          Words{{R"(dev-disk-by\x2duuid.device)", "\"a.service\""}});
}

TEST_CASE("relaxed rules keep what is malformed") {
    auto rules = exec_words;
    rules.unescape_relax = true;
    CHECK(split_words(R"(\q a\)", rules) == Words{{"\\q", "a\\"}});
    rules.relax = true;
    CHECK(split_words("'a b", rules) == Words{{"a b"}});
}

TEST_CASE("a quoted argument reads back as itself") {
    for (const std::string text : {"plain", "", "a b", "it's", "say \"x\"", "back\\slash", "tab\there", "line\nbreak",
                                   ";", "\x01", "\xC3\xA4", "\xFF\xFE", "a;b", " lead"}) {
        INFO(text);
        CHECK(split_words(quote_word(text, Dollars::literal), exec_words) == Words{{text}});
    }
    CHECK(quote_word("/usr/sbin/nginx", Dollars::literal) == "/usr/sbin/nginx");
    CHECK(quote_word("100% $HOME", Dollars::doubled) == "\"100%% $$HOME\"");
    CHECK(quote_word("100%$HOME", Dollars::literal) == "100%%$HOME");
}
