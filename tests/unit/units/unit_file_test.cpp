// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/unit_file.hpp"

#include "support/catch.hpp"

using namespace sandgraft::units;
using namespace std::string_literals;

namespace {

/// "Section/Key=value" and the line it starts on, one a line; then what was warned about.
std::string effective(const std::string& text) {
    Arena arena;
    const auto lines = parse_lines(text, "x.service", arena);
    std::string out;
    for (const auto& a : lines.assignments)
        out.append(std::to_string(a.line))
            .append(" ")
            .append(a.section)
            .append("/")
            .append(a.key)
            .append("=")
            .append(a.value) += '\n';
    for (const auto& w : lines.warnings) out += "! " + std::to_string(w.line) + " " + w.reason + "\n";
    if (lines.failed) out += "failed\n";
    return out;
}

}  // namespace

TEST_CASE("unit files are read as systemd reads them") {
    struct Row {
        const char* what;
        std::string text, effective;
    };
    const Row rows[] = {
        {"plain", "[Unit]\nA=b\n", "2 Unit/A=b\n"},
        {"empty", "", ""},
        {"no newline at the end", "[Unit]\nA=b", "2 Unit/A=b\n"},
        {"blanks", " \t[Unit] \n\t A \t= b  c \t\n", "2 Unit/A=b  c\n"},
        {"repeated and empty", "[U]\nA=b\nA=\nA=c\n", "2 U/A=b\n3 U/A=\n4 U/A=c\n"},
        {"later equal signs and comment signs belong to the value", "[U]\nA=b=c # d ; e\n", "2 U/A=b=c # d ; e\n"},
        {"comments", "# a\n; b\n[U]\n  # c\nA=b\n", "5 U/A=b\n"},
        {"continuation", "[U]\nA=b \\\n  c\\\nd\n", "2 U/A=b    c d\n"},
        {"comments in a continuation", "[U]\nA=b \\\n# x\n; y \\\n  z\nB=c\n", "2 U/A=b    z\n6 U/B=c\n"},
        {"a continuation swallows a header", "[U]\nA=b \\\n[S]\nC=d\n", "2 U/A=b  [S]\n4 U/C=d\n"},
        {"a continuation ends at an empty line", "[U]\nA=b \\\n\nc=d\n", "2 U/A=b\n4 U/c=d\n"},
        {"a continuation ends with the file", "[U]\nA=b \\", "2 U/A=b\n"},
        {"a comment does not continue", "[U]\n# a \\\nB=c\n", "3 U/B=c\n"},
        {"an escaped backslash does not continue", "[U]\nA=b \\\\\nB=c\n", "2 U/A=b \\\\\n3 U/B=c\n"},
        {"three backslashes do", "[U]\nA=b\\\\\\\nc\n", "2 U/A=b\\\\ c\n"},
        {"CR LF", "[U]\r\nA=b\r\n", "2 U/A=b\n"},
        {"CR alone ends a line", "[U]\rA=b\rB=c", "2 U/A=b\n3 U/B=c\n"},
        {"CR CR is two ends", "[U]\nA=b\\\r\rB=c\n", "2 U/A=b\n4 U/B=c\n"},
        {"LF CR is one", "[U]\n\rA=b\n\r", "2 U/A=b\n"},
        {"NUL ends a line", "[U]\nA=b\0B=c\n"s, "2 U/A=b\n3 U/B=c\n"},
        {"NUL in a continuation", "[U]\nA=b\\\0C=d\n"s, "2 U/A=b C=d\n"},
        {"byte order mark", "\xEF\xBB\xBF[U]\nA=b\n", "2 U/A=b\n"},
        {"a late byte order mark", "[U]\n\xEF\xBB\xBF"s + "A=b\n", "2 U/A=b\n"},
        {"a comment behind a byte order mark is none", "\xEF\xBB\xBF# c\n[U]\nA=b\n",
         "3 U/A=b\n! 1 assignment outside of a section, ignored\n"},
        {"vertical tab is no blank", "[U]\n\vA=b\n", "2 U/\vA=b\n"},
        {"outside of a section", "A=b\nC=d\n[U]\nE=f\n", "4 U/E=f\n! 1 assignment outside of a section, ignored\n"},
        {"no equal sign", "[U]\nA b\nC=d\n", "3 U/C=d\n! 2 no '=' in the line, ignored\n"},
        {"no key", "[U]\n = b\nC=d\n", "3 U/C=d\n! 2 no key before '=', ignored\n"},
        {"empty section name", "[]\nA=b\n", "2 /A=b\n"},
        {"unknown sections are kept", "[X-Foo]\nA=b\n", "2 X-Foo/A=b\n"},
        {"UTF-8", "[U]\nA=\xC3\xA4\n", "2 U/A=\xC3\xA4\n"},
        {"broken UTF-8 ends it", "[U]\nA=b\nC=\xFF\nD=e\n", "2 U/A=b\n! 3 line is not valid UTF-8\nfailed\n"},
        {"broken UTF-8 in a comment does not matter", "[U]\n# \xFF\nA=b\n", "3 U/A=b\n"},
        {"an open header ends it", "[U]\nA=b\n[S\nC=d\n",
         "2 U/A=b\n! 3 section header '[S' does not end with ']'\nfailed\n"},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        CHECK(effective(row.text) == row.effective);
    }
}

TEST_CASE("lines are shorter than 1 MiB") {
    constexpr std::size_t limit = 1024 * 1024;
    const auto line = [](std::size_t size) { return "[U]\nA=" + std::string(size - 2, 'x') + "\n"; };
    CHECK(effective(line(limit - 1)).ends_with("x\n"));
    CHECK(effective(line(limit)) == "! 2 line is longer than 1 MiB\nfailed\n");
    const std::string half(limit / 2, 'y');
    CHECK(effective("[U]\nA=\\\n" + half + "\n").ends_with("y\n"));
    CHECK(effective("[U]\nA=\\\n" + half + "\\\n" + half + "\n") ==
          "! 4 continued line is longer than 1 MiB\nfailed\n");
}
