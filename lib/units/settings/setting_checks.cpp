// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/setting_checks.hpp"

#include "units/load/root.hpp"
#include "units/text/calendar.hpp"
#include "units/text/unit_name.hpp"
#include "units/text/values.hpp"
#include "units/text/words.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <climits>

namespace sandgraft::units {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest_interface = 15;
constexpr std::size_t longest_bus_name = 255;

Verdict accept_if(bool good, Verdict otherwise = Verdict::ignore) { return good ? Verdict::accept : otherwise; }

bool is_plain_ascii(char c) { return !base::is_control(c) && static_cast<unsigned char>(c) < 0x80; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_dots(std::string_view text) { return text == "." || text == ".."; }

/// A number that can be a user's: not the two that mean "none".
bool is_user_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number != 0xFFFF && number != 0xFFFFFFFF;
}

bool is_user_name(std::string_view name) {
    if (name.empty()) return false;
    if (name.find_first_not_of(digits) == std::string_view::npos) return is_user_number(name);
    return name[0] != '-' && !is_dots(name) && name.find_first_of(":/") == std::string_view::npos &&
           std::none_of(name.begin(), name.end(), base::is_control);
}

bool is_descriptor_name(std::string_view name) {
    return !name.empty() && name.size() <= NAME_MAX && name.find(':') == std::string_view::npos &&
           std::all_of(name.begin(), name.end(), is_plain_ascii);
}

bool is_bus_name(std::string_view name) {
    if (name.empty() || name.size() > longest_bus_name) return false;
    const bool unique = name[0] == ':';
    if (unique) name.remove_prefix(1);
    bool start = true;
    bool dotted = false;
    for (const char c : name) {
        const bool plain = is_letter(c) || c == '_' || c == '-' || (base::is_digit(c) && (!start || unique));
        if (c == '.' ? start : !plain) return false;
        dotted = dotted || c == '.';
        start = c == '.';
    }
    return dotted && !start;
}

bool is_signal(std::string_view name) {
    constexpr std::string_view names[] = {"HUP",  "INT",  "QUIT", "ILL",  "TRAP", "ABRT",  "BUS",   "FPE",
                                          "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",  "TERM",  "CHLD",
                                          "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",   "XCPU",  "STKFLT",
                                          "XFSZ", "PROF", "IO",   "PWR",  "SYS",  "WINCH", "VTALRM"};
    return name.starts_with("RTMIN") || name.starts_with("RTMAX") ||
           std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// A number, the name of a status ("DATAERR"; the names are not checked) or of a signal.
bool is_exit_status(std::string_view text) {
    if (text.starts_with("SIG")) return is_signal(text.substr(3));
    std::uint8_t number = 0;
    if (text.find_first_not_of(digits) == std::string_view::npos)
        return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{};
    const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || base::is_digit(c) || c == '_'; };
    return std::all_of(text.begin(), text.end(), fits);
}

bool holds_expanded_path(const Loader& loader, const Unit& unit, std::string_view text) {
    return expand_path(loader, unit, text).has_value();
}

}  // namespace

std::optional<std::string> expand_path(const Loader& loader, const Unit& unit, std::string_view text) {
    auto path = loader.expand(unit, text);
    if (path) path = simplify_path(*path);
    if (!path || !is_normalized_path(*path)) return std::nullopt;
    return path;
}

namespace checks {

Verdict working_directory(const Loader& loader, const Unit& unit, std::string_view value) {
    const bool optional = value.starts_with('-');
    if (optional) value.remove_prefix(1);
    if (value == "~" || (value.empty() && !optional)) return Verdict::accept;
    return accept_if(holds_expanded_path(loader, unit, value), optional ? Verdict::ignore : Verdict::bad_setting);
}

Verdict vital_path(const Loader& loader, const Unit& unit, std::string_view value) {
    return accept_if(value.empty() || holds_expanded_path(loader, unit, value), Verdict::bad_setting);
}

Verdict user(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto name = loader.expand(unit, value);
    return accept_if(name && is_user_name(*name), Verdict::bad_setting);
}

Verdict users(const Loader& loader, const Unit& unit, std::string_view value) {
    std::string word;
    WordResult result = WordResult::word;
    while ((result = next_word(value, word, {.unquote = true, .keep_escapes = true})) == WordResult::word)
        if (word.empty() || user(loader, unit, word) != Verdict::accept) return Verdict::bad_setting;
    return accept_if(result == WordResult::end, Verdict::bad_setting);
}

Verdict label(const Loader& loader, const Unit& unit, std::string_view value) {
    return accept_if(value.empty() || value.starts_with('-') || loader.expand(unit, value), Verdict::bad_setting);
}

Verdict vital_flag(const Loader& /*loader*/, const Unit& /*unit*/, std::string_view value) {
    return accept_if(parse_boolean(value).has_value(), Verdict::bad_setting);
}

// A relative one is below /run.
Verdict pid_file(const Loader& loader, const Unit& unit, std::string_view value) {
    auto text = loader.expand(unit, value);
    if (value.empty() || !text) return Verdict::accept;
    if (!text->starts_with('/')) text->insert(0, "/run/");
    return accept_if(is_normalized_path(simplify_path(*text)), Verdict::error);
}

Verdict text(const Loader& loader, const Unit& unit, std::string_view value) {
    return accept_if(value.find('%') == std::string_view::npos || loader.expand(unit, value));
}

Verdict path(const Loader& loader, const Unit& unit, std::string_view value) {
    return accept_if(value.empty() || holds_expanded_path(loader, unit, value));
}

Verdict swap_path(const Loader& loader, const Unit& unit, std::string_view value) {
    return unit.type == UnitType::swap ? path(loader, unit, value) : text(loader, unit, value);
}

// A list of SOURCE:DESTINATION[:OPTIONS].
Verdict mount_images(const Loader& loader, const Unit& unit, std::string_view value) {
    std::string word;
    if (value.empty()) return Verdict::accept;
    while (next_word(value, word, {.unquote = true, .keep_escapes = true}) == WordResult::word) {
        std::string_view source = word;
        if (source.starts_with('-')) source.remove_prefix(1);
        const auto colon = source.find(':');
        if (colon == std::string_view::npos) continue;
        const auto target = source.substr(colon + 1);
        if (holds_expanded_path(loader, unit, source.substr(0, colon)) &&
            holds_expanded_path(loader, unit, target.substr(0, target.find(':'))))
            return Verdict::accept;
    }
    return Verdict::ignore;
}

// A device node or a class of them, and what may be done with it.
Verdict device(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto space = value.find_first_of(" \t");
    const auto name = loader.expand(unit, value.substr(0, space));
    const auto rights = space == std::string_view::npos ? std::string_view{} : value.substr(space + 1);
    const bool known = name && (name->starts_with("/dev/") || name->starts_with("/run/systemd/inaccessible/") ||
                                name->starts_with("char-") || name->starts_with("block-"));
    return accept_if(known && rights.find_first_not_of(" \trwm") == std::string_view::npos);
}

Verdict bus_name(const Loader& loader, const Unit& unit, std::string_view value) {
    const auto name = loader.expand(unit, value);
    return accept_if(name && is_bus_name(*name));
}

Verdict log_namespace(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto name = loader.expand(unit, value);
    const auto fits = [](char c) {
        return is_letter(c) || base::is_digit(c) || std::string_view(":_.@-").find(c) != std::string_view::npos;
    };
    return accept_if(name && is_file_name(*name) && std::all_of(name->begin(), name->end(), fits));
}

Verdict input(const Loader& loader, const Unit& unit, std::string_view value) {
    for (const std::string_view name : {"null", "tty", "tty-force", "tty-fail", "socket", "fd", "data"})
        if (value == name) return Verdict::accept;
    if (value.starts_with("file:")) return accept_if(holds_expanded_path(loader, unit, value.substr(5)));
    if (!value.starts_with("fd:")) return Verdict::ignore;
    const auto name = loader.expand(unit, value.substr(3));
    return accept_if(name && (name->empty() || is_descriptor_name(*name)));
}

Verdict output(const Loader& loader, const Unit& unit, std::string_view value) {
    for (const std::string_view name : {"inherit", "null", "tty", "journal", "journal+console", "kmsg", "kmsg+console",
                                        "syslog", "syslog+console", "socket", "fd"})
        if (value == name) return Verdict::accept;
    for (const std::string_view prefix : {"file:", "append:", "truncate:"})
        if (value.starts_with(prefix)) return accept_if(holds_expanded_path(loader, unit, value.substr(prefix.size())));
    if (!value.starts_with("fd:")) return Verdict::ignore;
    const auto name = loader.expand(unit, value.substr(3));
    return accept_if(name && is_descriptor_name(*name));
}

Verdict interface(const Loader& /*loader*/, const Unit& /*unit*/, std::string_view value) {
    if (value.empty() || value == "*") return Verdict::accept;
    const auto fits = [](char c) { return c > ' ' && is_plain_ascii(c) && c != ':' && c != '/' && c != '%'; };
    return accept_if(value.size() <= longest_interface && !is_dots(value) && value != "all" && value != "default" &&
                     value.find_first_not_of(digits) != std::string_view::npos &&
                     std::all_of(value.begin(), value.end(), fits));
}

Verdict service(const Loader& loader, const Unit& unit, std::string_view value) {
    const auto name = loader.expand_name(unit, value);
    return accept_if(name && is_loadable_name(*name) && parse_unit_name(*name).type == UnitType::service);
}

Verdict exit_statuses(const Loader& /*loader*/, const Unit& /*unit*/, std::string_view value) {
    std::string word;
    if (value.empty()) return Verdict::accept;
    while (next_word(value, word, quoted_words) == WordResult::word)
        if (is_exit_status(word)) return Verdict::accept;
    return Verdict::ignore;
}

Verdict links(const Loader& loader, const Unit& unit, std::string_view value) {
    std::string word;
    if (value.empty()) return Verdict::accept;
    while (next_word(value, word, {.unquote = true, .keep_escapes = true}) == WordResult::word)
        if (holds_expanded_path(loader, unit, word)) return Verdict::accept;
    return Verdict::ignore;
}

Verdict calendar(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto is_zone = [&](std::string_view name) {
        return name.find_first_not_of("+-/_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
                   std::string_view::npos &&
               is_normalized_path('/' + std::string(name)) &&
               loader.root().read_small("/usr/share/zoneinfo/" + std::string(name)).starts_with("TZif");
    };
    const auto text = loader.expand(unit, value);
    return accept_if(text && is_calendar_expression(*text, is_zone));
}

Verdict time_span(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto text = loader.expand(unit, value);
    return accept_if(text && parse_time_span(*text));
}

}  // namespace checks

}  // namespace sandgraft::units
