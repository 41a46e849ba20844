// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/commands.hpp"

#include "units/settings/setting_table.hpp"
#include "units/text/words.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <climits>

namespace sandgraft::units {

namespace {

constexpr std::string_view blanks = " \t\n\r";

bool is_blank_or_end(std::string_view text, std::size_t at) {
    return at >= text.size() || blanks.find(text[at]) != std::string_view::npos;
}

void skip_blanks(std::string_view& text) {
    const auto first = text.find_first_not_of(blanks);
    text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

bool is_safe(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return base::is_control(c) || c == '\\' || c == '"' || c == '\''; });
}

/// An absolute path, ".." included, or the name of a file; neither may be longer than the kernel takes.
bool is_executable_name(std::string_view path) {
    if (!path.starts_with('/')) return is_file_name(path);
    const auto parts = base::split(path, '/');
    return path.size() < PATH_MAX &&
           std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return part.size() <= NAME_MAX; });
}

/// Takes the prefix characters off the first word; each counts once.
bool take_prefixes(std::string_view& word, Command& command) {
    bool own_zeroth = false;
    for (;; word.remove_prefix(1)) {
        const char c = word.empty() ? '\0' : word[0];
        if (c == '-' && !command.ignore_failure)
            command.ignore_failure = true;
        else if (c == '@' && !own_zeroth)
            own_zeroth = true;
        else if (c == ':' && !command.keep_environment)
            command.keep_environment = true;
        else if (c == '+' && !command.full_privileges && !command.no_setuid && !command.ambient)
            command.full_privileges = true;
        else if (c == '!' && command.no_setuid && !command.ambient) {
            command.no_setuid = false;
            command.ambient = true;
        } else if (c == '!' && !command.full_privileges && !command.no_setuid && !command.ambient)
            command.no_setuid = true;
        else
            return own_zeroth;
    }
}

/// Reads the commands of one assignment.
class LineReader {
public:
    LineReader(const Loader& loader, const Unit& unit, const Assignment& line, Commands& out)
        : loader_(loader), unit_(unit), line_(line), out_(out), rest_(line.value) {}

    void run() {
        do {
            another_ = false;
        } while (one_command() && another_);
    }

private:
    bool one_command() {
        std::string word;
        if (!read_word(word)) return false;
        if (word == ";") return another_ = true;
        Command command;
        std::string_view first = word;
        const bool own_zeroth = take_prefixes(first, command);
        auto path = loader_.expand(unit_, first);
        if (const auto objection = path_objection(path); !objection.empty()) return refuse(command, objection);
        command.path = simplify_path(*path);
        command.arguments.reserve(8);
        if (!own_zeroth) command.arguments.push_back(std::move(*path));
        if (!read_arguments(command)) return false;
        if (command.arguments.empty()) return refuse(command, "the zeroth argument is missing");
        out_.commands.push_back(std::move(command));
        return true;
    }

    static std::string_view path_objection(const std::optional<std::string>& path) {
        if (!path) return "a specifier of the executable cannot be resolved";
        if (path->empty()) return "the executable is empty";
        if (!is_safe(*path)) return "the executable's name holds special characters";
        if (path->ends_with('/')) return "the executable is a directory";
        if (!is_executable_name(*path)) return "the executable is neither a name nor an absolute path";
        return {};
    }

    bool read_arguments(Command& command) {
        std::string word;
        while (!rest_.empty()) {
            if (rest_[0] == ';' && is_blank_or_end(rest_, 1)) {
                rest_.remove_prefix(1);
                skip_blanks(rest_);
                another_ = true;
                return true;
            }
            if (rest_.starts_with("\\;") && is_blank_or_end(rest_, 2)) {
                rest_.remove_prefix(2);
                skip_blanks(rest_);
                command.arguments.emplace_back(";");
                continue;
            }
            if (!read_word(word)) return !broken_ || refuse(command, "unbalanced quotes");
            auto argument = loader_.expand(unit_, word);
            if (!argument) return refuse(command, "a specifier of " + base::quote(word) + " cannot be resolved");
            command.arguments.push_back(std::move(*argument));
        }
        return true;
    }

    bool read_word(std::string& word) {
        auto rules = exec_words;
        auto at = rest_;
        auto result = next_word(at, word, rules);
        if (result == WordResult::error) {
            rules.unescape_relax = true;
            at = rest_;
            result = next_word(at, word, rules);
            if (result == WordResult::word) warn("an escape sequence is unknown and kept as it is");
        }
        broken_ = result == WordResult::error;
        if (broken_) warn("unbalanced quotes, ignored");
        rest_ = at;
        return result == WordResult::word;
    }

    void warn(std::string_view reason) {
        out_.warnings.push_back(
            {std::string(line_.file), line_.line, std::string(line_.key) + "=: " + std::string(reason)});
    }

    bool refuse(const Command& command, std::string_view reason) {
        warn(reason);
        if (!command.ignore_failure) out_.fatal.push_back(out_.warnings.back());
        return false;
    }

    const Loader& loader_;
    const Unit& unit_;
    const Assignment& line_;
    Commands& out_;
    std::string_view rest_;
    bool another_ = false;
    bool broken_ = false;
};

}  // namespace

Commands read_commands(const Loader& loader, const Unit& unit, std::string_view key) {
    Commands out;
    std::string_view ended;
    for (const auto& assignment : unit.assignments) {
        if (assignment.file == ended) continue;
        const Setting* const setting = find_setting(unit.type, assignment.section, assignment.key);
        if (setting == nullptr) continue;
        if (is_fatal(setting->judge(loader, unit, assignment.value))) ended = assignment.file;
        if (!setting->commands) continue;
        Commands others;
        Commands& commands = assignment.key == key ? out : others;
        if (assignment.value.empty())
            commands.commands.clear();
        else
            LineReader(loader, unit, assignment, commands).run();
        if (!commands.fatal.empty() && commands.fatal.back().file == assignment.file) ended = assignment.file;
    }
    return out;
}

std::string quote_word(std::string_view text, Dollars dollars) {
    constexpr std::string_view digits = "0123456789abcdef";
    const bool plain = !text.empty() && text != ";" && text.find_first_of(" \t\n\r\"'\\") == std::string_view::npos &&
                       std::none_of(text.begin(), text.end(), base::is_control);
    std::string out = plain ? "" : "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '%' || (c == '$' && dollars == Dollars::doubled))
            out.append(2, c);
        else if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (byte < ' ' || byte >= 0x7F)
            out.append({'\\', 'x', digits[byte >> 4], digits[byte & 15]});
        else
            out += c;
    }
    return plain ? out : out + '"';
}

}  // namespace sandgraft::units
