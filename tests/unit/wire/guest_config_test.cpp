// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/guest_config.hpp"

#include "support/catch.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>

using namespace sandgraft::wire;
using Kind = GuestConfig::MountKind;

namespace {

GuestConfig sample() {
    GuestConfig config;
    config.user = "1000:1000";
    config.terminal = true;
    config.directory = "/srv/a b";
    config.argv = {"sh", "-c", "echo \"$1\"; exit 3", "", "\xFF\x01\n%;=,"};
    config.environment = {"LANG=de_DE.UTF-8", "EMPTY=", "ODD=a;b=c d"};
    config.mounts = {{Kind::host, "/srv", false, 0, ""},
                     {Kind::file, "/etc/a,b;c", true, 0640, std::string("\0\xFF,;=", 5)},
                     {Kind::mask, "/etc/shadow", true, 0, ""}};
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
         .privileged = true,
         .terminal = false,
         .directory = "",
         .argv = {""},
         .environment = {},
         .mounts = {}},
        {.user = "www-data",
         .privileged = false,
         .terminal = false,
         .directory = "/",
         .argv = {std::string(300'000, '\x80')},
         .environment = {},
         .mounts = {{Kind::private_tmp, "/var/tmp", false, 0, ""}}},
    };
    for (const auto& config : rows) CHECK(decode_guest_config(encode(config)) == config);
}

TEST_CASE("the encoded text") {
    CHECK(encode(sample()) ==
          "sandgraft-config-1;user=1000:1000;privileged=0;terminal=1;directory=/srv/a%20b;"
          "arg=sh;arg=-c;arg=echo%20%22$1%22%3B%20exit%203;arg=;arg=%FF%01%0A%25%3B=,;"
          "env=LANG=de_DE.UTF-8;env=EMPTY=;env=ODD=a%3Bb=c%20d;"
          "mount=h,rw,0,,/srv;mount=f,ro,640,AP8sOz0=,/etc/a,b%3Bc;mount=m,ro,0,,/etc/shadow");
}

TEST_CASE("a malformed configuration is refused by the name of its field") {
    const std::string good = "sandgraft-config-1;user=0;privileged=0;terminal=0;directory=/;arg=a";
    struct Row {
        std::string text;
        const char* message;
    };
    const Row rows[] = {
        {"", "guest configuration: version '' is not 'sandgraft-config-1' of this program"},
        {"sandgraft-config-2;user=0",
         "guest configuration: version 'sandgraft-config-2' is not 'sandgraft-config-1' of this program"},
        {good + ";user=0", "guest configuration: field 'user' is given twice"},
        {good + ";colour=red", "guest configuration: unknown field 'colour'"},
        {good + ";", "no error"},
        {good + ";;arg=b", "guest configuration: unknown field ''"},
        {"sandgraft-config-1;user=0;privileged=0;directory=/;arg=a",
         "guest configuration: field 'terminal' is missing"},
        {"sandgraft-config-1;user=0;privileged=0;terminal=0;directory=/", "guest configuration: there is no command"},
        {"sandgraft-config-1;privileged=yes", "guest configuration: field 'privileged' has the malformed value 'yes'"},
        {good + ";arg=%4", "guest configuration: field 'arg' has the malformed value '%4'"},
        {good + ";arg=%00", "guest configuration: field 'arg' has the malformed value '%00'"},
        {good + ";mount=h,rw,0,/srv", "guest configuration: field 'mount' has the malformed value 'h,rw,0,/srv'"},
        {good + ";mount=x,rw,0,,/srv", "guest configuration: field 'mount' has the malformed value 'x,rw,0,,/srv'"},
        {good + ";mount=f,rx,0,,/srv", "guest configuration: field 'mount' has the malformed value 'f,rx,0,,/srv'"},
        {good + ";mount=f,rw,8,,/srv", "guest configuration: field 'mount' has the malformed value 'f,rw,8,,/srv'"},
        {good + ";mount=f,rw,10000,,/a", "guest configuration: field 'mount' has the malformed value 'f,rw,10000,,/a'"},
        {good + ";mount=f,rw,777777777777,,/a",
         "guest configuration: field 'mount' has the malformed value 'f,rw,777777777777,,/a'"},
        {good + ";mount=f,rw,0,A,/srv", "guest configuration: field 'mount' has the malformed value 'f,rw,0,A,/srv'"},
        {good + ";mount=f,rw,0,,srv", "guest configuration: field 'mount' has the malformed value 'f,rw,0,,srv'"},
    };
    for (const auto& row : rows) CHECK(message_of(row.text) == row.message);
}

TEST_CASE("a long configuration travels in several variables") {
    const std::string encoded(300'000, 'x');
    std::vector<std::string> strings = {"PATH=/bin", "SANDGRAFT_CONFIGS=no"};
    for (const auto& [name, value] : to_environment(encoded)) {
        CHECK(name.size() + value.size() + 2 <= 128 * 1024);
        strings.push_back(name + "=" + value);
    }
    CHECK(strings.size() == 5);
    std::reverse(strings.begin(), strings.end());
    std::vector<const char*> environment;
    for (const auto& entry : strings) environment.push_back(entry.c_str());
    environment.push_back(nullptr);
    CHECK(from_environment(environment.data()) == encoded);
}

TEST_CASE("an environment without a configuration is an error") {
    const char* const environment[] = {"PATH=/bin", "SANDGRAFT_CONFIGS=no", nullptr};
    CHECK_THROWS_AS(from_environment(environment), sandgraft::Error);
}
