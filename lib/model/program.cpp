// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/program.hpp"

#include "base/id.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"

namespace sandgraft::model {

namespace {

constexpr std::size_t longest_user = 256;

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_user_name(std::string_view name) {
    constexpr std::string_view forbidden = ":/ ,";
    return !name.empty() && name.size() <= longest_user && name.front() != '-' && !is_number(name) &&
           name.find_first_of(forbidden) == std::string_view::npos;
}

}  // namespace

void check_user(std::string_view user) {
    if (user.empty()) return;
    check_text("user", user);
    const auto colon = user.find(':');
    const auto is_named = [](std::string_view part) { return base::parse_id(part) || is_user_name(part); };
    if (!is_named(user.substr(0, colon)) || (colon != user.npos && !is_named(user.substr(colon + 1))))
        fail("user " + base::quote(user) + " is not USER or USER:GROUP, each a name or a number");
}

void check_environment(const std::map<std::string, std::string>& environment) {
    for (const auto& [key, value] : environment) {
        if (key.empty() || key.find('=') != std::string::npos)
            fail("environment variable " + base::quote(key) + " has an empty name or one with '='");
        check_no_nul("environment variable", key);
        // The value may be a secret, so it is not shown.
        if (value.find('\0') != std::string::npos)
            fail("value of environment variable " + base::quote(key) + " contains a NUL byte");
    }
}

void check_program(const Program& program) {
    if (program.argv.empty()) fail("there is no command to run in the sandbox");
    for (const auto& argument : program.argv) check_no_nul("argument", argument);
    check_no_nul("working directory", program.directory);
    if (!program.directory.empty() && !program.directory.starts_with('/'))
        fail("working directory " + base::quote(program.directory) + " is not an absolute path");
    check_user(program.user);
    check_environment(program.environment);
}

}  // namespace sandgraft::model
