// SPDX-License-Identifier: LGPL-2.1-or-later
// A service's unit file from a command line.
#include "units/settings/commands.hpp"
#include "units/text/unit_name.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/unit_set.hpp>

#include <algorithm>

namespace sandgraft {

namespace {

[[noreturn]] void refuse(const ServiceSpec& service, const std::string& why) {
    throw Error(ErrorCode::invalid, "service " + base::quote(service.name) + ": " + why);
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

/// A value that is one line of text, with its percent signs doubled.
std::string line_value(const ServiceSpec& service, std::string_view what, std::string_view value) {
    if (has_control(value) || !base::is_utf8(value) || base::trim(value) != value || value.ends_with('\\'))
        refuse(service, std::string(what) + " " + base::quote(value) + " cannot be written in a unit file");
    std::string out;
    for (const char c : value) out.append(c == '%' ? 2 : 1, c);
    return out;
}

/// systemd takes prefix characters off the executable and knows no way to quote them, or quotes and backslashes.
std::string executable(const ServiceSpec& service) {
    const auto& path = service.command[0];
    const bool name_or_path = path.starts_with('/')
                                  ? units::is_normalized_path(units::simplify_path(path))
                                  : path.find('/') == std::string::npos && path != "." && path != "..";
    if (path.empty() || !name_or_path || path.ends_with('/'))
        refuse(service, "executable " + base::quote(path) + " is neither a name nor an absolute path");
    if (std::string_view("-@:+!|").find(path[0]) != std::string_view::npos || path == ";" ||
        path.find_first_of("\"'\\") != std::string::npos || has_control(path))
        refuse(service, "systemd accepts no executable called " + base::quote(path));
    // Dollar signs are not expanded in the executable, so they must not be doubled.
    return units::quote_word(path, units::Dollars::literal);
}

std::string exec_start(const ServiceSpec& service) {
    std::string line = executable(service);
    for (std::size_t i = 1; i < service.command.size(); ++i)
        line.append(" ").append(units::quote_word(service.command[i], units::Dollars::doubled));
    return line;
}

void append_environment(const ServiceSpec& service, std::string& text) {
    for (const auto& variable : service.environment) {
        const auto equals = variable.find('=');
        const auto name = std::string_view(variable).substr(0, equals);
        const bool named = !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
            return c != '_' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z');
        });
        if (equals == std::string::npos || !named || (name[0] >= '0' && name[0] <= '9') || !base::is_utf8(variable))
            refuse(service, "environment " + base::quote(variable) + " is not NAME=value");
        text.append("Environment=").append(units::quote_word(variable, units::Dollars::literal)) += '\n';
    }
}

std::string description_of(const ServiceSpec& service) {
    if (!service.description.empty()) return line_value(service, "description", service.description);
    const auto name = units::base_name(service.command[0]);
    return line_value(service, "description", name);
}

void check(const ServiceSpec& service) {
    const auto name = units::parse_unit_name(service.name);
    if (!name || name.type != units::UnitType::service) refuse(service, "this is not the name of a service");
    if (service.command.empty()) refuse(service, "it has no command");
    for (const auto& argument : service.command)
        if (argument.find('\0') != std::string::npos) refuse(service, "an argument holds a NUL character");
    constexpr std::string_view types[] = {"simple", "exec", "forking", "oneshot", "dbus", "notify", "idle"};
    if (std::find(std::begin(types), std::end(types), service.type) == std::end(types))
        refuse(service, "there is no type " + base::quote(service.type));
    if (!service.working_directory.empty() && !service.working_directory.starts_with('/'))
        refuse(service, "working directory " + base::quote(service.working_directory) + " is not an absolute path");
}

}  // namespace

std::string to_unit_file(const ServiceSpec& service) {
    check(service);
    std::string text = "[Unit]\nDescription=" + description_of(service) + "\n";
    if (!service.default_dependencies) text += "DefaultDependencies=no\n";
    text += "\n[Service]\nType=" + service.type + "\nExecStart=" + exec_start(service) + "\n";
    append_environment(service, text);
    if (!service.user.empty()) text += "User=" + line_value(service, "user", service.user) + "\n";
    if (!service.working_directory.empty())
        text += "WorkingDirectory=" + line_value(service, "working directory", service.working_directory) + "\n";
    return text;
}

}  // namespace sandgraft
