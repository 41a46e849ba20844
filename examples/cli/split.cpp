// SPDX-License-Identifier: LGPL-2.1-or-later
#include "split.hpp"

#include <boost/program_options.hpp>

namespace cli {

namespace {

namespace po = boost::program_options;

class Splitter {
public:
    explicit Splitter(const po::options_description& options) : options_(options) {}

    [[nodiscard]] Split split(const Arguments& words) const {
        std::size_t i = 0;
        while (i < words.size() && looks_like_option(words[i]) && words[i] != "--") {
            const bool takes_next = expects_value(words[i]);
            if (takes_next) check_value(words, i + 1);
            i += takes_next ? 2 : 1;
        }
        const auto end = words.begin() + static_cast<std::ptrdiff_t>(i);
        const bool dashes = end != words.end() && *end == "--";
        return {Arguments(words.begin(), end), dashes, Arguments(dashes ? end + 1 : end, words.end())};
    }

private:
    static bool looks_like_option(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

    /// An option in the place of a value: that was forgotten, or is of an unset variable.
    static void check_value(const Arguments& words, std::size_t i) {
        const std::string& option = words[i - 1];
        if (i == words.size() || words[i] == "--") throw UsageError("the option '" + option + "' has no value");
        if (!looks_like_option(words[i])) return;
        const std::string joined = option + (option.starts_with("--") ? "=" : "") + words[i];
        throw UsageError("the option '" + option + "' has no value; write '" + joined + "' if it is '" + words[i] +
                         "'");
    }

    /// Whether the value of an option is the next word.
    [[nodiscard]] bool expects_value(const std::string& word) const {
        if (word.starts_with("--")) return word.find('=') == std::string::npos && takes_value(word.substr(2));
        for (std::size_t i = 1; i < word.size(); ++i)  // short options without values may be joined
            if (takes_value(std::string("-") + word[i])) return i + 1 == word.size();
        return false;
    }

    [[nodiscard]] bool takes_value(const std::string& name) const {
        const auto* option = options_.find_nothrow(name, false);
        return option != nullptr && option->semantic()->min_tokens() > 0;
    }

    const po::options_description& options_;
};

}  // namespace

Split split(const po::options_description& options, const Arguments& words) { return Splitter(options).split(words); }

}  // namespace cli
