// SPDX-License-Identifier: LGPL-2.1-or-later
// One unit file: its lines, and what is read into the values of its assignments.
#include "fuzz/require.hpp"
#include "units/load/unit_file.hpp"
#include "units/settings/commands.hpp"
#include "units/text/unit_name.hpp"
#include "units/text/values.hpp"
#include "units/text/words.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace sandgraft::units;
using sandgraft::fuzz::require;

bool is_stripped(std::string_view text) {
    constexpr std::string_view blanks = " \t\n\r";
    return text.empty() || (blanks.find(text.front()) == text.npos && blanks.find(text.back()) == text.npos);
}

std::string doubled(std::string text) {
    for (std::size_t at = 0; (at = text.find('%', at)) != text.npos; at += 2) text.insert(at, 1, '%');
    return text;
}

void check_value(std::string_view value) {
    for (const auto& rules : {plain_words, unit_name_words, quoted_words, exec_words}) (void)split_words(value, rules);
    if (value.size() < 4096) {
        const auto words = split_words(quote_word(value, Dollars::literal), exec_words);
        require(words && words->size() == 1 && words->front() == doubled(std::string(value)),
                "a quoted word reads back as itself");
        require(unescape(escape(value)) == value, "an escaped name reads back as itself");
    }
    (void)parse_boolean(value);
    (void)parse_time_span(value);
    if (const auto path = unescape_path(value)) require(escape_path(*path).has_value(), "a path can be escaped again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    Arena arena;
    const auto lines = parse_lines(text, "fuzz.service", arena);
    unsigned line = 0;
    for (const auto& assignment : lines.assignments) {
        require(!assignment.key.empty() && is_stripped(assignment.key) && is_stripped(assignment.value),
                "keys and values have no blanks around them");
        require(assignment.line > line, "assignments are in the order of their lines");
        line = assignment.line;
        check_value(assignment.value);
    }
    require(!lines.failed || !lines.warnings.empty(), "a failure has a reason");
    return 0;
}
