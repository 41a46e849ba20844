// SPDX-License-Identifier: LGPL-2.1-or-later
#include "words.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cli {

namespace {

/// How many letters to insert, drop or replace, or neighbours to swap, until one word is the other.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const bool same = from[i - 1] == to[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, row);
    }
    return last.back();
}

/// The number of words that a shared option at the front consists of; 0: there is none.
std::size_t shared_length(const Arguments& words) {
    if (words.empty()) return 0;
    const std::string& word = words[0];
    if (word == "--json" || word.starts_with("--connect=")) return 1;
    if (word == "-c" || word == "--connect") return 2;
    return word.starts_with("-c") ? 1 : 0;
}

}  // namespace

std::string did_you_mean(std::string_view given, std::span<const std::string> right) {
    constexpr std::size_t longest = 40;  // of a word that somebody may have mistyped
    if (given.size() > longest) return {};
    const std::string* nearest = nullptr;
    std::size_t least = std::max<std::size_t>(given.size() / 3, 1) + 1;
    for (const auto& word : right) {
        const bool begun = given.size() > 2 && word.starts_with(given);
        const std::size_t apart = begun ? 1 : distance(given, word);
        // "rnu" is as near to "run" as two letters may be; a word of one letter is near to all others.
        if (apart >= std::min(least, given.size())) continue;
        nearest = &word;
        least = apart;
    }
    return nearest == nullptr ? std::string() : "; did you mean '" + *nearest + "'?";
}

Arguments take_shared_options(Arguments& words) {
    Arguments shared;
    while (const std::size_t length = shared_length(words)) {
        if (length > words.size()) throw UsageError("the option '" + words[0] + "' has no value");
        const auto end = words.begin() + static_cast<std::ptrdiff_t>(length);
        shared.insert(shared.end(), words.begin(), end);
        words.erase(words.begin(), end);
    }
    return shared;
}

}  // namespace cli
