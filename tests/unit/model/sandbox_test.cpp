// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/sandbox.hpp>

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace sandgraft;

namespace {

Sandbox good() {
    Sandbox sandbox;
    sandbox.name = "web-1";
    sandbox.payload = Command{.argv = {"true"}};
    return sandbox;
}

struct Row {
    void (*change)(Sandbox&);
    const char* message;
};

}  // namespace

TEST_CASE("what makes a description invalid, by name") {
    const Row rows[] = {
        {[](Sandbox&) {}, "no error"},
        {[](Sandbox& s) { s.name.clear(); }, "no error"},
        {[](Sandbox& s) { s.name = "z\xC3\xBCrich 2"; }, "no error"},
        {[](Sandbox& s) { s.name = std::string(200, 'a'); }, "no error"},
        {[](Sandbox& s) { s.name = "a/b"; }, "sandbox name 'a/b' contains a slash"},
        {[](Sandbox& s) { s.name = ".."; }, "sandbox name '..' is a directory's own name"},
        {[](Sandbox& s) { s.name = " a"; }, "sandbox name ' a' starts or ends with a blank"},
        {[](Sandbox& s) { s.name = "a\nb"; }, "sandbox name 'a\\x0ab' is not UTF-8 text without control characters"},
        {[](Sandbox& s) { s.name = std::string("\xFF"); },
         "sandbox name '\\xff' is not UTF-8 text without control characters"},
        {[](Sandbox& s) { s.root = "/srv/root"; }, "no error"},
        {[](Sandbox& s) { s.root = "srv"; }, "root 'srv' is not an absolute path"},
        {[](Sandbox& s) { s.root = ""; }, "root '' is not an absolute path"},
        {[](Sandbox& s) { s.root = "/srv/"; }, "root '/srv/' ends in a slash"},
        {[](Sandbox& s) { s.payload = Command{}; }, "the sandbox has no command"},
        {[](Sandbox& s) {
             s.payload = Command{.argv = {"sh", std::string("a\0b", 3)}};
         },
         "argument 'a\\x00b' contains a NUL byte"},
        {[](Sandbox& s) { s.payload = Command{.argv = {"a"}, .directory = "src"}; },
         "working directory 'src' is not an absolute path"},
        {[](Sandbox& s) { s.payload = Command{.argv = {"a"}, .directory = "/a\xFF/.."}; }, "no error"},
        {[](Sandbox& s) {
             s.environment = {{"A", "\xFF\n"}};
         },
         "no error"},
        {[](Sandbox& s) {
             s.environment = {{"", "x"}};
         },
         "environment variable '' has an empty name or one with '='"},
        {[](Sandbox& s) {
             s.environment = {{"A=B", "x"}};
         },
         "environment variable 'A=B' has an empty name or one with '='"},
        {[](Sandbox& s) {
             s.environment = {{"A", std::string(1, '\0')}};
         },
         "value of environment variable 'A' contains a NUL byte"},
        {[](Sandbox& s) { s.user = "www-data"; }, "no error"},
        {[](Sandbox& s) { s.user = "1000"; }, "no error"},
        {[](Sandbox& s) { s.user = "4294967294:0"; }, "no error"},
        {[](Sandbox& s) { s.user = "4294967295"; },
         "user '4294967295' is not USER or USER:GROUP, each a name or a number"},
        {[](Sandbox& s) { s.user = "99999999999999999999"; },
         "user '99999999999999999999' is not USER or USER:GROUP, each a name or a number"},
        {[](Sandbox& s) { s.user = "0:"; }, "user '0:' is not USER or USER:GROUP, each a name or a number"},
        {[](Sandbox& s) { s.user = "a:b:c"; }, "user 'a:b:c' is not USER or USER:GROUP, each a name or a number"},
        {[](Sandbox& s) { s.user = "-x"; }, "user '-x' is not USER or USER:GROUP, each a name or a number"},
        {[](Sandbox& s) { s.user = "a b"; }, "user 'a b' is not USER or USER:GROUP, each a name or a number"},
        {[](Sandbox& s) { s.privileged = true; }, "no error"},
        {[](Sandbox& s) { s.privileged = true, s.user = "root"; }, "no error"},
        {[](Sandbox& s) { s.privileged = true, s.user = "alice"; }, "user 'alice' cannot be privileged: only root is"},
        {[](Sandbox& s) { s.memory_bytes = 4 << 20; }, "no error"},
        {[](Sandbox& s) { s.memory_bytes = 1; }, "memory of 1 bytes is not between 4 MiB and 1 EiB"},
        {[](Sandbox& s) { s.memory_bytes = ~0ULL; },
         "memory of 18446744073709551615 bytes is not between 4 MiB and 1 EiB"},
        {[](Sandbox& s) { s.vcpus = 16'385; }, "the number of processors 16385 is not between 0.01 and 16384"},
        {[](Sandbox& s) { s.vcpus = 0.009; }, "the number of processors 0.009 is not between 0.01 and 16384"},
        {[](Sandbox& s) { s.vcpus = -1; }, "the number of processors -1 is not between 0.01 and 16384"},
        {[](Sandbox& s) { s.vcpus = std::nan(""); }, "the number of processors nan is not between 0.01 and 16384"},
        {[](Sandbox& s) { s.pids = 0; }, "no error"},
        {[](Sandbox& s) { s.pids = 4'194'305; }, "4194305 processes are more than 4194304"},
        {[](Sandbox& s) { s.limits = {{"nofiles"}}; }, "there is no limit 'nofiles'"},
        {[](Sandbox& s) {
             s.limits = {{"core", 2, 1}};
         },
         "the soft limit 'core' is above the hard one"},
        {[](Sandbox& s) {
             s.limits = {{"cpu"}, {"core"}, {"cpu"}};
         },
         "limit 'cpu' is given twice"},
        {[](Sandbox& s) {
             s.ports = {{"0.0.0.0", 80, 80}, {"127.0.0.1", 80, 80}, {"::1", 0, 80}, {"::1", 0, 80}};
         },
         "no error"},
        {[](Sandbox& s) {
             s.ports = {{"127.0.0.1", 80, 80}, {"127.0.0.1", 80, 81}};
         },
         "the port 127.0.0.1:80 is published twice"},
        {[](Sandbox& s) {
             s.ports = {{"localhost", 80, 80}};
         },
         "the address 'localhost' of a published port is not one of IPv4 or IPv6"},
        {[](Sandbox& s) { s.ports.resize(1); }, "the port 0 of a sandbox cannot be published"},
        {[](Sandbox& s) { s.ports.resize(65); }, "65 published ports are more than 64"},
        {[](Sandbox& s) { s.mounts.resize(1001); }, "1001 mounts are more than 1000"},
        {[](Sandbox& s) {
             s.mounts = {{"etc", Mask{}, false}};
         },
         "mount target 'etc' is not an absolute path"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", Ram{}, false}, {"/b", Mask{}, false}, {"/a", HostBind{"/"}, true}};
         },
         "mount target '/a' is given twice"},
        {[](Sandbox& s) { s.mounts = {{.target = "/a", .source = Ram{}, .suid = true}}; },
         "mount '/a' cannot be suid: only binds can"},
        {[](Sandbox& s) { s.mounts = {{.target = "/a", .source = Mask{}, .dev = true}}; },
         "mount '/a' cannot be dev: only binds can"},
        {[](Sandbox& s) {
             s.mounts = {{"/a/b/c", Ram{}, false}, {"/a/b", File{}, false}, {"/a", Ram{}, false}};
         },
         "mount target '/a/b/c' lies in '/a/b', which is a file"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", File{"", 01000}, false}};
         },
         "mode of mount '/a' has more than permission bits"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", File{"", 0644, 0xFFFFFFFF, 0}, false}};
         },
         "mount '/a' belongs to a user or group that cannot be"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", File{"", 0644, 0, 0xFFFFFFFF}, false}};
         },
         "mount '/a' belongs to a user or group that cannot be"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", File{std::string((1 << 20) + 1, 'x')}, false}};
         },
         "content of mount '/a' is larger than 1 MiB"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", File{std::string(1 << 19, 'x')}, false},
                         {"/b", File{std::string(1 << 19, 'x')}, false}};
         },
         "no error"},
        {[](Sandbox& s) {
             s.mounts = {{"/a", File{std::string(1 << 19, 'x')}, false},
                         {"/b", File{std::string(1 << 20, 'x')}, false}};
         },
         "the files are larger than 1 MiB together, at mount '/b'"},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = good();
        row.change(sandbox);
        CHECK(test::error_of([&] { validate(sandbox); }) == row.message);
    }
}

TEST_CASE("services and the error that they are refused with") {
    using Kind = UnitEdit::Kind;
    struct Row {
        Services services;
        std::string message;
    };
    const auto changed = [](UnitEdit edit) { return Services{.goals = {"a.target"}, .changes = {std::move(edit)}}; };
    const Row rows[] = {
        {{.goals = {"a.target", "b.service"}}, "no error"},
        {{}, "the sandbox has no unit to boot into"},
        {{.goals = {""}}, "goal has no name"},
        {{.goals = {"a/b"}}, "goal 'a/b' contains a slash"},
        {{.goals = {std::string("a\0", 2)}}, "goal 'a\\x00' contains a NUL byte"},
        {changed({.kind = Kind::add, .unit = "a", .text = "x"}), "no error"},
        {changed({.kind = Kind::replace, .unit = "a", .text = ""}), "no error"},
        {changed({.kind = Kind::add_drop_in, .unit = "a", .other = "b.conf", .text = "x"}), "no error"},
        {changed({.kind = Kind::want, .unit = "a", .other = "b"}), "no error"},
        {changed({.kind = Kind::require, .unit = "a", .other = "b"}), "no error"},
        {changed({.kind = Kind::mask, .unit = "a"}), "no error"},
        {changed({.kind = Kind::remove, .unit = "a"}), "no error"},
        {changed({.kind = Kind::mask}), "changed unit has no name"},
        {changed({.kind = Kind::add, .unit = "../a"}), "changed unit '../a' contains a slash"},
        {changed({.kind = Kind::want, .unit = "a"}), "what the change of unit 'a' names has no name"},
        {changed({.kind = Kind::add_drop_in, .unit = "a", .other = "../b"}),
         "what the change of unit 'a' names '../b' contains a slash"},
        {changed({.kind = Kind::mask, .unit = "a", .other = "b"}),
         "the change of unit 'a' names 'b', and its kind does not"},
        {changed({.kind = Kind::want, .unit = "a", .other = "b", .text = "x"}),
         "the change of unit 'a' has a text, and its kind has none"},
        {changed({.kind = Kind::add, .unit = "a", .text = std::string("\0", 1)}),
         "the text for unit 'a' contains a NUL byte"},
    };
    for (const auto& row : rows) {
        Sandbox sandbox;
        sandbox.payload = row.services;
        CHECK(test::error_of([&] { validate(sandbox); }) == row.message);
    }
}

TEST_CASE("systemd runs as nobody in particular") {
    Sandbox sandbox{.user = "daemon", .payload = Services{.goals = {"a.target"}}};
    CHECK(test::error_of([&] { validate(sandbox); }) == "user 'daemon' cannot run systemd, which is root's");
    sandbox.user.clear();
    sandbox.privileged = true;
    CHECK(test::error_of([&] { validate(sandbox); }) == "a sandbox that boots systemd has no command to be privileged");
}

TEST_CASE("every default mask is a mount that a sandbox may have") {
    Sandbox sandbox = good();
    for (const auto& path : default_masks()) sandbox.mounts.push_back({path, Mask{}, false});
    CHECK(sandbox.mounts.size() > 10);
    CHECK(test::error_of([&] { validate(sandbox); }) == "no error");
}

TEST_CASE("no sandbox is given what would let it change its mounts or its capabilities") {
    for (const char* name : {"sys_admin", "sys_module", "sys_rawio", "sys_ptrace", "mknod", "net_raw", "net_admin",
                             "setpcap", "dac_read_search"})
        CHECK_FALSE(std::count(privileged_capabilities().begin(), privileged_capabilities().end(), name));
}

TEST_CASE("the installed init is where it was configured to be, or where the environment says") {
    ::unsetenv("SANDGRAFT_INIT");
    CHECK(installed_init().ends_with("/sandgraft/sandgraft-init"));
    ::setenv("SANDGRAFT_INIT", "/opt/init", 1);
    CHECK(installed_init() == "/opt/init");
    ::unsetenv("SANDGRAFT_INIT");
}

TEST_CASE("local capabilities are this process's and this machine's") {
    const Capabilities capabilities = local_capabilities(Driver::qemu);
    CHECK(capabilities.driver == Driver::qemu);
    CHECK(capabilities.user == std::to_string(::getuid()) + ":" + std::to_string(::getgid()));
    CHECK(capabilities.memory_bytes > (16 << 20));
}

TEST_CASE("a limit as docker has it") {
    CHECK(parse_limit("nofile=1024:4096") == Limit{"nofile", 1024, 4096});
    CHECK(parse_limit("core=0") == Limit{"core", 0, 0});
    CHECK(parse_limit("stack=1:unlimited") == Limit{"stack", 1, Limit::unlimited});
    CHECK(parse_limit("stack=-1") == Limit{"stack", Limit::unlimited, Limit::unlimited});
    const std::pair<const char*, const char*> rows[] = {
        {"nofile", "limit 'nofile' is not NAME=SOFT or NAME=SOFT:HARD"},
        {"", "limit '' is not NAME=SOFT or NAME=SOFT:HARD"},
        {"=1", "there is no limit ''"},
        {"files=1", "there is no limit 'files'"},
        {"core=", "limit 'core' of '' is not a number or unlimited"},
        {"core=1:", "limit 'core' of '' is not a number or unlimited"},
        {"core=1K", "limit 'core' of '1K' is not a number or unlimited"},
        {"core=-2", "limit 'core' of '-2' is not a number or unlimited"},
        {"core=18446744073709551616", "limit 'core' of '18446744073709551616' is not a number or unlimited"},
        {"core=2:1", "the soft limit 'core' is above the hard one"},
    };
    for (const auto& [text, message] : rows) CHECK(test::error_of([&, t = text] { (void)parse_limit(t); }) == message);
}
