// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "kept.hpp"

#include "support/catch.hpp"
#include "support/descriptions.hpp"
#include "support/error_of.hpp"

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

using namespace sandgraft;
using cli::Arguments;

namespace {

/// The words that bash makes of a text.
Arguments bash_words(const std::string& text) {
    const std::string script = "/tmp/sandgraft-words-" + std::to_string(::getpid());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(script.c_str(), "w"), std::fclose);
    REQUIRE(file != nullptr);
    std::fprintf(file.get(), "printf '%%s\\0' %s", text.c_str());
    std::fflush(file.get());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> shell(::popen(("LC_ALL=C bash " + script).c_str(), "r"),
                                                                ::pclose);
    Arguments words;
    std::string word;
    for (int c = std::fgetc(shell.get()); c != EOF; c = std::fgetc(shell.get())) {
        if (c != 0) {
            word += static_cast<char>(c);
            continue;
        }
        words.push_back(word);
        word.clear();
    }
    std::remove(script.c_str());
    return words;
}

/// Of those that have options. A unit without a type gets one from them.
Sandbox next_described(test::Descriptions& descriptions) {
    Sandbox sandbox = descriptions.next();
    if (auto* services = std::get_if<Services>(&sandbox.payload)) {
        services->changes.clear();
        for (auto& goal : services->goals) goal += ".service";
    }
    return sandbox;
}

}  // namespace

TEST_CASE("the options of any sandbox describe it") {
    ::setenv("TERM", "xterm", 1);  // what is kept is not told of it
    test::Descriptions descriptions;
    for (int i = 0; i < 1000; ++i) {
        const Sandbox sandbox = next_described(descriptions);
        const Arguments words = cli::to_options(sandbox);
        INFO(cli::shell_words(words));
        REQUIRE(cli::parse_create(words).sandbox == sandbox);
    }
}

TEST_CASE("what has its default is not said") {
    const Sandbox sandbox{.name = "a", .payload = Command{.argv = {"true", "--x"}}};
    CHECK(cli::shell_words(cli::to_options(sandbox)) == "a -- true --x");
}

TEST_CASE("the edges of what can be described have options too") {
    Sandbox sandbox{.name = "a",
                    .environment = {{"-t", "--"}},
                    .pids = 0,
                    .limits = {{"core", 0, Limit::unlimited}},
                    .payload = Command{.argv = {"-x", ""}, .directory = "/-w"}};
    CHECK(cli::parse_create(cli::to_options(sandbox)).sandbox == sandbox);
    sandbox.vcpus = 0.1 + 0.2;
    sandbox.memory_bytes = (64 << 20) + 1;
    CHECK(cli::parse_create(cli::to_options(sandbox)).sandbox == sandbox);
}

TEST_CASE("units have options, and their changes have none") {
    Services services{.goals = {"a.service", "b.target"}, .profile = UnitProfile::bare};
    Sandbox sandbox{.name = "a", .payload = services};
    CHECK(cli::shell_words(cli::to_options(sandbox)) == "a --unit=a.service --unit=b.target --profile=bare");
    services.changes = {{.kind = UnitEdit::Kind::mask, .unit = "c.service"}};
    sandbox.payload = services;
    CHECK(test::error_of([&] { (void)cli::to_options(sandbox); }) ==
          "the sandbox 'a' changes units, for which there are no options");
}

TEST_CASE("a shell reads the words that are printed for it") {
    std::string every;
    for (int c = 1; c < 256; ++c) every += static_cast<char>(c);
    Arguments words = {"plain",
                       "",
                       " ",
                       "it's",
                       "$HOME",
                       "`id`",
                       "a\\b",
                       "*",
                       "~",
                       "#",
                       "new\nline",
                       every,
                       "\x7F"
                       "1"};
    CHECK(bash_words(cli::shell_words(words)) == words);
    test::Descriptions descriptions;
    Arguments all;
    for (int i = 0; i < 30; ++i)
        for (auto& word : cli::to_options(next_described(descriptions))) all.push_back(word);
    CHECK(bash_words(cli::shell_words(all)) == all);
}
