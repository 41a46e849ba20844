// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/unit_file.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sandgraft::units {

namespace {

constexpr std::size_t longest_line = 1024 * 1024;
constexpr std::size_t most_reserved = 64;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Whether no byte has its high bit set.
bool is_ascii(std::string_view text) {
    std::uint64_t bits = 0;
    for (; text.size() >= sizeof bits; text.remove_prefix(sizeof bits)) {
        std::uint64_t chunk = 0;
        std::memcpy(&chunk, text.data(), sizeof chunk);
        bits |= chunk;
    }
    for (const char c : text) bits |= static_cast<unsigned char>(c);
    return (bits & 0x8080808080808080U) == 0;
}

std::string_view strip(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_comment(std::string_view line) {
    while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
    return !line.empty() && (line[0] == '#' || line[0] == ';');
}

/// The backslashes at the end make an odd number: the last one is not itself escaped.
bool is_continued(std::string_view line) {
    if (!line.ends_with('\\')) return false;
    const auto last = line.find_last_not_of('\\');
    const auto backslashes = last == std::string_view::npos ? line.size() : line.size() - last - 1;
    return backslashes % 2 == 1;
}

/// Cuts a text into lines. LF, CR and NUL end a line, and so does a run of them in which none is repeated.
class LineReader {
public:
    explicit LineReader(std::string_view text)
        : rest_(text),
          plain_(std::memchr(text.data(), '\r', text.size()) == nullptr &&
                 std::memchr(text.data(), '\0', text.size()) == nullptr) {}

    bool next(std::string_view& line) {
        if (rest_.empty()) return false;
        const auto end = plain_ ? rest_.find('\n') : rest_.find_first_of(std::string_view("\n\r\0", 3));
        line = rest_.substr(0, end);
        rest_.remove_prefix(line.size());
        skip_end_of_line();
        return true;
    }

private:
    void skip_end_of_line() {
        unsigned seen = 0;
        while (!rest_.empty()) {
            const unsigned kind = rest_[0] == '\n' ? 1 : rest_[0] == '\r' ? 2 : rest_[0] == '\0' ? 4 : 0;
            if (kind == 0 || (seen & kind) != 0) return;
            seen |= kind;
            rest_.remove_prefix(1);
        }
    }

    std::string_view rest_;
    bool plain_;
};

class Parser {
public:
    Parser(std::string_view text, std::string_view file, Arena& arena, ParsedLines& out)
        : lines_(text), file_(file), arena_(arena), out_(out), ascii_(is_ascii(text)) {}

    void run() {
        std::string_view line;
        while (!out_.failed && lines_.next(line)) {
            ++line_;
            physical_line(line);
        }
        if (!out_.failed && continued_) logical_line(arena_.store(joined_));
    }

private:
    void physical_line(std::string_view line) {
        if (line.size() >= longest_line) return fail("line is longer than 1 MiB");
        if (is_comment(line)) return;
        if (!ascii_ && !mark_seen_ && line.starts_with(byte_order_mark)) {
            mark_seen_ = true;
            line.remove_prefix(byte_order_mark.size());
        }
        if (!continued_) start_ = line_;
        const bool open = is_continued(line);
        if (!continued_ && !open) return logical_line(line);
        if (joined_.size() + line.size() > longest_line) return fail("continued line is longer than 1 MiB");
        joined_.append(line);
        if (open) joined_.back() = ' ';
        continued_ = open;
        if (open) return;
        logical_line(arena_.store(joined_));
        joined_.clear();
    }

    void logical_line(std::string_view line) {
        line = strip(line);
        if (line.empty()) return;
        if (!ascii_ && !base::is_utf8(line)) return fail("line is not valid UTF-8");
        if (line[0] == '[') return section_header(line);
        if (!in_section_) return outside_section();
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) return warn("no '=' in the line, ignored");
        const auto key = strip(line.substr(0, equals));
        if (key.empty()) return warn("no key before '=', ignored");
        out_.assignments.push_back({section_, key, strip(line.substr(equals + 1)), file_, start_});
    }

    void section_header(std::string_view line) {
        if (line.back() != ']') return fail("section header " + base::quote(line) + " does not end with ']'");
        section_ = line.substr(1, line.size() - 2);
        in_section_ = true;
    }

    void outside_section() {
        if (!std::exchange(warned_outside_, true)) warn("assignment outside of a section, ignored");
    }

    void warn(std::string reason) { out_.warnings.push_back({std::string(file_), start_, std::move(reason)}); }

    void fail(std::string reason) {
        out_.warnings.push_back({std::string(file_), line_, std::move(reason)});
        out_.failed = true;
    }

    LineReader lines_;
    std::string_view file_;
    Arena& arena_;
    ParsedLines& out_;
    std::string joined_;
    std::string_view section_;
    unsigned line_ = 0;
    unsigned start_ = 0;
    bool continued_ = false;
    bool mark_seen_ = false;
    bool in_section_ = false;
    bool warned_outside_ = false;
    bool ascii_;
};

}  // namespace

ParsedLines parse_lines(std::string_view text, std::string_view file, Arena& arena) {
    ParsedLines lines;
    lines.assignments.reserve(std::min(text.size() / 32 + 2, most_reserved));
    Parser(text, file, arena, lines).run();
    return lines;
}

void parse_lines(std::string_view text, std::string_view file, Arena& arena, ParsedLines& out) {
    out.assignments.clear();
    out.warnings.clear();
    out.failed = false;
    Parser(text, file, arena, out).run();
}

}  // namespace sandgraft::units
