// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/exec_config.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace sandgraft::wire;
using sandgraft::test::error_of;

TEST_CASE("what init reads of a process is what was written") {
    const ExecConfig rows[] = {
        {.argv = {""}},
        {.user = "www-data:1000",
         .directory = "/srv/a b",
         .terminal = true,
         .window = {50, 65535},
         .argv = {"sh", "-c", "echo \"$1\"; exit 3", "", "\xFF\x01\n%;=,"},
         .environment = {"LANG=de_DE.UTF-8", "EMPTY=", "ODD=a;b=c d"}},
        {.user = "far:team",
         .asked_host = true,
         .accounts = {{70000, 70001, "far", "/home/f,a;r", ""}},
         .gids = {80000},
         .argv = {"true"}},
        {.argv = {std::string(300'000, '\x80')}},
    };
    for (const auto& config : rows) CHECK(decode_exec_config(encode(config)) == config);
}

TEST_CASE("the encoded text of a process") {
    CHECK(encode(ExecConfig{.user = "0",
                            .directory = "/a;b",
                            .terminal = true,
                            .window = {24, 80},
                            .argv = {"true", ""},
                            .environment = {"A=b c"}}) ==
          "user=0;?asked-host=0;directory=/a%3Bb;terminal=1;window=24,80;arg=true;arg=;env=A=b%20c;");
}

TEST_CASE("a malformed process is refused by the name of its field") {
    const std::string good = "user=;directory=;terminal=0;window=0,0;arg=a;";
    struct {
        std::string text;
        std::string error;
    } const rows[] = {
        {good, "no error"},
        {good + "?colour=red;", "no error"},  // of a later version, and may be ignored
        {good + "colour=red;", "process: unknown field 'colour'"},
        {good + "user=0;", "process: field 'user' is given twice"},
        {good + "arg=b", "process: field 'arg=b' has no end"},
        {"", "process: field 'user' is missing"},
        {"user=;directory=;terminal=0;window=0,0;", "process: there is no command"},
        {"window=24;", "process: field 'window' has the malformed value '24'"},
        {"window=24,80,1;", "process: field 'window' has the malformed value '24,80,1'"},
        {"window=65536,80;", "process: field 'window' has the malformed value '65536,80'"},
        {"?account=1,2;", "process: field '?account' has the malformed value '1,2'"},
        {"arg=%00;", "process: field 'arg' has the malformed value '%00'"},
    };
    for (const auto& row : rows) CHECK(error_of([&] { (void)decode_exec_config(row.text); }) == row.error);
}
