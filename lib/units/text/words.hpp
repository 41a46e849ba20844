// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// How a directive's value is cut into words. The names follow what the directive's syntax allows.
struct WordRules {
    bool unquote = false;         ///< quotes group words and are removed
    bool unescape = false;        ///< C escapes are decoded; a malformed one is an error
    bool keep_escapes = false;    ///< a backslash is an ordinary character
    bool relax = false;           ///< an unbalanced quote or a trailing backslash is not an error
    bool unescape_relax = false;  ///< a malformed escape is kept as it stands
};

inline constexpr WordRules plain_words{};
inline constexpr WordRules unit_name_words{.keep_escapes = true};
inline constexpr WordRules quoted_words{.unquote = true};
inline constexpr WordRules exec_words{.unquote = true, .unescape = true};

enum class WordResult { word, end, error };

/// Cuts the next word off `rest` as systemd does.
WordResult next_word(std::string_view& rest, std::string& word, WordRules rules,
                     std::string_view separators = " \t\n\r");

/// All words; nullopt when the value is malformed (an unbalanced quote, a bad escape).
std::optional<std::vector<std::string>> split_words(std::string_view value, WordRules rules);

}  // namespace sandgraft::units
