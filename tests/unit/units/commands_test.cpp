// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/commands.hpp"

#include "support/catch.hpp"
#include "support/temp_tree.hpp"

using namespace sandgraft::units;

namespace {

/// "path|argument|argument" a command, what went wrong behind '!'.
std::string commands(const std::string& service) {
    static sandgraft::test::TempTree tree;
    Loader loader({.root = tree.path(), .unit_path = {"/"}, .specifiers = SpecifierValues{}});
    loader.put_unit("a@i.service", "[Service]\n" + service + "\n");
    const auto read = read_commands(loader, loader.load("a@i.service"), "ExecStart");
    std::string out;
    for (const auto& command : read.commands) {
        out += (out.empty() ? "" : " & ") + command.path;
        for (const auto& argument : command.arguments) out += "|" + argument;
        if (command.ignore_failure) out += " -";
        if (command.keep_environment) out += " :";
        if (command.full_privileges) out += " +";
        if (command.no_setuid) out += " !";
        if (command.ambient) out += " !!";
    }
    return out + (read.fatal.empty() ? "" : " FATAL");
}

}  // namespace

TEST_CASE("Exec lines become commands") {
    struct Row {
        const char* service;
        const char* commands;
    };
    const Row rows[] = {
        {"ExecStart=/bin/true", "/bin/true|/bin/true"},
        {"ExecStart=true a  'b c'", "true|true|a|b c"},
        {"ExecStart=/bin//./x y", "/bin/x|/bin//./x|y"},
        {"ExecStart=/a\nExecStart=\nExecStart=/b", "/b|/b"},
        {"ExecStart=/a\nExecStart=/b", "/a|/a & /b|/b"},
        {"ExecStart=/a 1 ; /b 2", "/a|/a|1 & /b|/b|2"},
        {"ExecStart=/a \\; ';' \";\" x; ;y", "/a|/a|;|;|;|x;|;y"},
        {"ExecStart=/a ;", "/a|/a"},
        {"ExecStart=-/a", "/a|/a -"},
        {"ExecStart=@/a zero one", "/a|zero|one"},
        {"ExecStart=-@:+/a z", "/a|z - : +"},
        {"ExecStart=!/a", "/a|/a !"},
        {"ExecStart=!!/a", "/a|/a !!"},
        {"ExecStart=/a %i %% $X", "/a|/a|i|%|$X"},
        {"ExecStart=/%i/x", "/i/x|/i/x"},
        {"ExecStart=/a \\x41\\q", "/a|/a|A\\q"},
        {"ExecStart=/a 'open", " FATAL"},
        {"ExecStart=-/a 'open", ""},
        {"ExecStart=/a %z", " FATAL"},
        {"ExecStart=a/b", " FATAL"},
        {"ExecStart=/a/", " FATAL"},
        {"ExecStart=@/a", " FATAL"},
        {"ExecStart=-", ""},
        {"[Unit]\nExecStart=/a", ""},
    };
    for (const auto& row : rows) {
        INFO(row.service);
        CHECK(commands(row.service) == row.commands);
    }
}
