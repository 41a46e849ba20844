// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/guest_config.hpp"

#include "support/catch.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>

using namespace sandgraft::wire;
using Action = GuestConfig::Action;
using Target = GuestConfig::Target;

namespace {

GuestConfig sample() {
    GuestConfig config;
    config.user = "1000:1000";
    config.asked_host = true;
    config.accounts = {{70000, 70001, "a,b", "/home/a b", ""}};
    config.gids = {80000};
    config.capabilities = 0x3FF;
    config.no_new_privs = false;
    config.oom_score = 500;
    config.scratch_bytes = 1048576;
    config.processes = 4096;
    config.limits = {{7, 1024, ~0ULL, "nofile"}};
    config.terminal = true;
    config.directory = "/srv/a b";
    config.argv = {"sh", "-c", "echo \"$1\"; exit 3", "", "\xFF\x01\n%;=,"};
    config.environment = {"LANG=de_DE.UTF-8", "EMPTY=", "ODD=a;b=c d"};
    config.mounts = {
        {Action::none, Target::directory, "/srv", false, true, 0, {}},
        {Action::file, Target::file, "/etc/a,b;c", true, false, 0640, {std::string("\0\xFF,;=", 5)}},
        {Action::file, Target::file, "/a", false, false, 0600, {""}, false, false, 33, 0},
        {Action::mask, Target::anything, "/etc/shadow", true, false, 0, {}},
        {Action::bind, Target::as_source, "/opt", false, false, 0, {"/srv", "", "\xFF"}, true, false},
        {Action::none, Target::as_source, "/mnt", false, false, 0, {}, false, true},
    };
    config.system = {{.alone = false}};
    config.units = {{"a.service", false, "[Unit]\n"}, {"b.target.wants/a,;.service", true, "../a"}};
    return config;
}

std::string message_of(std::string_view text) {
    try {
        (void)decode_guest_config(text);
    } catch (const sandgraft::Error& error) {
        CHECK(error.code() == sandgraft::ErrorCode::invalid);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("what init reads is what was written") {
    const GuestConfig rows[] = {
        sample(),
        {.user = "",
         .accounts = {},
         .gids = {},
         .capabilities = ~0ULL,
         .read_only_sys = false,
         .limits = {},
         .terminal = false,
         .directory = "",
         .argv = {""},
         .environment = {},
         .mounts = {}},
        {.user = "www-data",
         .accounts = {},
         .gids = {},
         .capabilities = 0,
         .limits = {},
         .terminal = false,
         .directory = "/",
         .argv = {std::string(300'000, '\x80')},
         .environment = {},
         .mounts = {{Action::private_tmp, Target::anything, "/var/tmp", false, true, 0, {""}}}},
    };
    for (const auto& config : rows) CHECK(decode_guest_config(encode(config)) == config);
}

TEST_CASE("the encoded text") {
    CHECK(encode(sample()) ==
          "user=1000:1000;?asked-host=1;?account=70000,70001,YSxi:L2hvbWUvYSBi::;?gid=80000;"
          "capabilities=1023;no-new-privs=0;read-only-sys=1;oom-score=500;scratch=1048576;processes=4096;"
          "limit=7,1024,18446744073709551615,nofile;terminal=1;directory=/srv/a%20b;"
          "arg=sh;arg=-c;arg=echo%20%22$1%22%3B%20exit%203;arg=;arg=%FF%01%0A%25%3B=,;"
          "env=LANG=de_DE.UTF-8;env=EMPTY=;env=ODD=a%3Bb=c%20d;"
          "mount=-,d,rw,,,memory,0,,/srv;mount=f,f,ro,,,,640,AP8sOz0=:,/etc/a,b%3Bc;"
          "mount=f,f,rw,,,,600:33:0,:,/a;mount=m,a,ro,,,,0,,/etc/shadow;"
          "mount=b,s,rw,suid,,,0,L3Nydg==::/w==:,/opt;mount=-,s,rw,,dev,,0,,/mnt;"
          "system=before;unit=file,W1VuaXRdCg==,a.service;unit=link,Li4vYQ==,b.target.wants/a,%3B.service;");
}

TEST_CASE("a malformed configuration is refused by the name of its field") {
    const std::string good =
        "user=0;capabilities=0;no-new-privs=1;read-only-sys=1;oom-score=0;scratch=0;processes=0;terminal=0;directory=/"
        ";arg=a;";
    struct Row {
        std::string text;
        const char* message;
    };
    const Row rows[] = {
        {"", "guest configuration: field 'user' is missing"},
        {good + "?colour=red;?=;", "no error"},  // of a later version, and may be ignored
        {good + "user=0;", "guest configuration: field 'user' is given twice"},
        {good + "colour=red;", "guest configuration: unknown field 'colour'"},
        {good, "no error"},
        {good + "unit=file,,../a;", "guest configuration: field 'unit' has the malformed value 'file,,../a'"},
        {good + "unit=file,,/a;", "guest configuration: field 'unit' has the malformed value 'file,,/a'"},
        {good + "unit=file,,a/b/c;", "guest configuration: field 'unit' has the malformed value 'file,,a/b/c'"},
        {good + "unit=dir,,a;", "guest configuration: field 'unit' has the malformed value 'dir,,a'"},
        {good + "system=behind;", "guest configuration: field 'system' has the malformed value 'behind'"},
        {good + "arg=b", "guest configuration: field 'arg=b' has no end"},
        {good + "arg;", "guest configuration: field 'arg' has no value"},
        {good + ";arg=b;", "guest configuration: field '' has no value"},
        {good + "=;", "guest configuration: unknown field ''"},
        {good + "?colour;", "guest configuration: field '?colour' has no value"},
        {"user=0;capabilities=0;no-new-privs=1;read-only-sys=1;oom-score=0;scratch=0;processes=0;directory=/;arg=a;",
         "guest configuration: field 'terminal' is missing"},
        {"user=0;capabilities=0;no-new-privs=1;read-only-sys=1;oom-score=0;scratch=0;processes=0;terminal=0;directory="
         "/;",
         "guest configuration: there is no command"},
        {"terminal=yes;", "guest configuration: field 'terminal' has the malformed value 'yes'"},
        {"capabilities=18446744073709551616;",
         "guest configuration: field 'capabilities' has the malformed value '18446744073709551616'"},
        {"capabilities=-1;", "guest configuration: field 'capabilities' has the malformed value '-1'"},
        {good + "?account=1,2,QQ==:QQ==:QQ==:;", "no error"},
        {good + "?account=1,2,QQ==:QQ==:;",
         "guest configuration: field '?account' has the malformed value '1,2,QQ==:QQ==:'"},
        {good + "?account=4294967295,2,:::;",
         "guest configuration: field '?account' has the malformed value '4294967295,2,:::'"},
        {good + "?account=1,-1,:::;", "guest configuration: field '?account' has the malformed value '1,-1,:::'"},
        {good + "?asked-host=yes;", "guest configuration: field '?asked-host' has the malformed value 'yes'"},
        {good + "limit=7,1,2,nofile;", "no error"},
        {good + "limit=7,1,2;", "guest configuration: field 'limit' has the malformed value '7,1,2'"},
        {good + "limit=7,-1,2,a;", "guest configuration: field 'limit' has the malformed value '7,-1,2,a'"},
        {good + "limit=4294967296,1,2,a;",
         "guest configuration: field 'limit' has the malformed value '4294967296,1,2,a'"},
        {good + "arg=%4;", "guest configuration: field 'arg' has the malformed value '%4'"},
        {good + "arg=%00;", "guest configuration: field 'arg' has the malformed value '%00'"},
    };
    for (const auto& row : rows) CHECK(message_of(row.text) == row.message);
}

TEST_CASE("a malformed mount is refused") {
    const std::string good =
        "user=0;capabilities=0;no-new-privs=1;read-only-sys=1;oom-score=0;scratch=0;processes=0;terminal=0;directory=/"
        ";arg=a;mount=";
    CHECK(message_of(good + "f,f,ro,,,memory,640,QQ==:,/srv;") == "no error");
    CHECK(message_of(good + "f,f,ro,,,memory,640:1:2,QQ==:,/srv;") == "no error");
    const char* const rows[] = {
        "f,f,rw,,,,0,/srv",         // a part is missing
        "x,f,rw,,,,0,,/srv",        // no such action
        ",f,rw,,,,0,,/srv",         //
        "ff,f,rw,,,,0,,/srv",       //
        "f,x,rw,,,,0,,/srv",        // no such target
        "f,f,rx,,,,0,,/srv",        //
        "f,f,rw,setuid,,,0,,/srv",  //
        "f,f,rw,,suid,,0,,/srv",    //
        "f,f,rw,,,disk,0,,/srv",    //
        "f,f,rw,,,,8,,/srv",        // no octal mode
        "f,f,rw,,,,10000,,/a",      //
        "f,f,rw,,,,640:1,,/a",      // a group is missing
        "f,f,rw,,,,640:1:2:3,,/a",  //
        "f,f,rw,,,,640::2,,/a",     //
        "f,f,rw,,,,640:1:-1,,/a",   //
        "f,f,rw,,,,640:4294967295:1,,/a",
        "f,f,rw,,,,777777777777,,/a",  //
        "f,f,rw,,,,0,QQ==,/srv",       // a string without its end
        "f,f,rw,,,,0,A:,/srv",         // no base64
        "f,f,rw,,,,0,,srv",            // no absolute path
    };
    for (const std::string row : rows)
        CHECK(message_of(good + row + ";") ==
              "guest configuration: field 'mount' has the malformed value '" + row + "'");
}
