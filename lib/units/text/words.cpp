// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/words.hpp"

#include "units/text/c_escape.hpp"

namespace sandgraft::units {

namespace {

/// Reads one word; a small state machine over quotes and backslashes.
class WordReader {
public:
    WordReader(std::string_view& rest, std::string& word, WordRules rules, std::string_view separators)
        : rest_(rest), word_(word), rules_(rules), separators_(separators) {}

    WordResult read() {
        if (!skip_separators()) return WordResult::end;
        while (!rest_.empty()) {
            const char c = rest_[0];
            if (c == '\\' && !rules_.keep_escapes) {
                if (!backslash()) return WordResult::error;
            } else if (quote_ != 0) {
                inside_quotes(c);
            } else if (is_separator(c)) {
                skip_separators();
                return WordResult::word;
            } else if (is_quote(c)) {
                quote_ = c;
                rest_.remove_prefix(1);
            } else {
                take_while([this](char next) { return !is_separator(next) && !is_quote(next); });
            }
        }
        return quote_ != 0 && !rules_.relax ? WordResult::error : WordResult::word;
    }

private:
    bool is_separator(char c) const {
        for (const char separator : separators_)
            if (c == separator) return true;
        return false;
    }

    bool is_quote(char c) const { return rules_.unquote && (c == '\'' || c == '"'); }

    /// Moves what stands for itself to the word, all at once: at least one character.
    template <typename Predicate>
    void take_while(Predicate stands_for_itself) {
        std::size_t end = 1;
        while (end < rest_.size() && stands_for_itself(rest_[end]) && (rest_[end] != '\\' || rules_.keep_escapes))
            ++end;
        word_.append(rest_.substr(0, end));
        rest_.remove_prefix(end);
    }

    bool skip_separators() {
        const auto first = rest_.find_first_not_of(separators_);
        rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
        return !rest_.empty();
    }

    void inside_quotes(char c) {
        if (c != quote_) return take_while([this](char next) { return next != quote_; });
        quote_ = 0;
        rest_.remove_prefix(1);
    }

    bool backslash() {
        rest_.remove_prefix(1);
        if (rest_.empty()) {
            const bool keep = rules_.unescape_relax && (quote_ == 0 || rules_.relax);
            if (keep) word_ += '\\';
            return keep || rules_.relax;
        }
        if (rules_.unescape) {
            if (append_unescaped(rest_, word_)) return true;
            if (!rules_.unescape_relax) return false;
            word_ += '\\';
        }
        word_ += rest_[0];
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view& rest_;
    std::string& word_;
    WordRules rules_;
    std::string_view separators_;
    char quote_ = 0;
};

}  // namespace

WordResult next_word(std::string_view& rest, std::string& word, WordRules rules, std::string_view separators) {
    word.clear();
    return WordReader(rest, word, rules, separators).read();
}

std::optional<std::vector<std::string>> split_words(std::string_view value, WordRules rules) {
    std::vector<std::string> words;
    std::string word;
    for (;;) {
        switch (next_word(value, word, rules)) {
            case WordResult::word: words.push_back(word); break;
            case WordResult::end: return words;
            case WordResult::error: return std::nullopt;
        }
    }
}

}  // namespace sandgraft::units
